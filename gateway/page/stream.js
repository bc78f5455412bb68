/*
 * The gateway's events. EventSource comes back by itself from some failures only (not from an answer other than 200),
 * and notices no silence; so each connection here ends for good when it fails or falls silent, and a new one is tried.
 */

const EVENTS = ['history', 'hops', 'point', 'state'];
const SILENCE_MS = 5000; // the gateway says something at least once a second
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * Listens until the page is left.
 *
 * @param handlers one for each of EVENTS, and connection('connecting' | 'live' | 'lost', why)
 */
export function listen(url, handlers) {
  let source = null;
  let watchdog = 0;
  let retry = 0;
  let pause = FIRST_PAUSE_MS;

  function open() {
    clearTimeout(retry);
    source?.close();
    source = new EventSource(url);
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => heard(name, JSON.parse(event.data)));
    }
    source.onerror = () => {
      const refused = source.readyState === EventSource.CLOSED;
      lost(refused ? 'it answers without events, perhaps to too many viewers' : 'the gateway is not reached');
    };
    watch();
  }

  function heard(name, data) {
    pause = FIRST_PAUSE_MS;
    watch();
    handlers.connection('live');
    handlers[name](data);
  }

  function watch() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => lost('nothing was heard for 5 seconds'), SILENCE_MS);
  }

  function lost(why) {
    clearTimeout(watchdog);
    clearTimeout(retry);
    source.close();
    handlers.connection('lost', why);
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  // A laptop that wakes up, or a page brought back from the cache, needn't wait for its turn.
  addEventListener('online', open);
  addEventListener('pageshow', (event) => event.persisted && open());
  addEventListener('pagehide', () => source.close());
  handlers.connection('connecting');
  open();
}
