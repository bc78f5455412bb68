/* Reads the gateway's events with fetch, since EventSource can't send a token. A connection that fails or falls silent is
 * closed, and a new one is opened.
 */

import {another, authorization, isAboutToken} from './token.js';

const SILENCE_MS = 5000; // the gateway sends an event at least once a second
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * Listens until the page is left.
 *
 * @param url returns the URL at each connection
 * @param handlers a function for each kind of event, and connection('connecting' | 'live' | 'lost' | 'refused', why)
 * @returns a function that reconnects now
 */
export function listen(url, handlers) {
  let current = null; // the connection's AbortController
  let watchdog = 0;
  let retry = 0;
  let pause = FIRST_PAUSE_MS;

  async function open() {
    close();
    const connection = new AbortController();
    current = connection;
    watch(connection);
    try {
      const response = await fetch(url(), {headers: authorization(), cache: 'no-store', signal: connection.signal});
      if (isAboutToken(response) || response.status === 403) {
        clearTimeout(watchdog); // no watchdog while the user types the token
        await refused(connection, response);
      } else if (!response.ok) {
        lost(connection, 'the gateway sends no events; perhaps there are too many viewers');
      } else {
        await read(response, connection);
        lost(connection, 'the gateway closed it');
      }
    } catch {
      lost(connection, "the gateway can't be reached");
    }
  }

  async function read(response, connection) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    while (true) {
      const {done, value} = await reader.read();
      if (done || connection !== current) {
        return;
      }
      watch(connection);
      const events = (rest + value).split('\n\n');
      rest = events.pop();
      for (const event of events) {
        received(event);
      }
    }
  }

  function received(event) {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event);
    pause = FIRST_PAUSE_MS;
    handlers.connection('live');
    try {
      handlers[name](JSON.parse(data));
    } catch (error) {
      reportError(error); // an error of the page; the connection is fine
    }
  }

  function watch(connection) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => lost(connection, 'no event for 5 seconds'), SILENCE_MS);
  }

  function close() {
    clearTimeout(watchdog);
    clearTimeout(retry);
    const before = current;
    current = null;
    before?.abort();
  }

  function lost(connection, why) {
    if (connection !== current) {
      return; // closed by this page
    }
    close();
    handlers.connection('lost', why);
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  /** Handles a refusal. Reconnects only with another token, since nothing else would change the answer. */
  async function refused(connection, response) {
    const problem = await response.clone().json();
    handlers.connection('refused', problem.detail);
    const again = isAboutToken(response) && (await another(response));
    if (connection !== current) {
      return;
    }
    close();
    if (again) {
      handlers.connection('connecting');
      open();
    }
  }

  // Reconnect at once when a laptop wakes up or the page comes back from the cache.
  addEventListener('online', open);
  addEventListener('pageshow', (event) => event.persisted && open());
  addEventListener('pagehide', close);
  handlers.connection('connecting');
  open();
  return open;
}
