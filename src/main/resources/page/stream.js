/*
 * The gateway's events, read by fetch: EventSource can't send a token. Each connection here ends for good when it fails
 * or falls silent, and a new one is tried.
 */

import {another, authorization, isAboutToken} from './token.js';

const SILENCE_MS = 5000; // the gateway says something at least once a second
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * Listens until the page is left.
 *
 * @param handlers one for each kind of event, and connection('connecting' | 'live' | 'lost' | 'refused', why)
 * @returns tries again now
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
      const response = await fetch(url, {headers: authorization(), cache: 'no-store', signal: connection.signal});
      if (isAboutToken(response) || response.status === 403) {
        clearTimeout(watchdog); // people take their time
        await refused(connection, response);
      } else if (!response.ok) {
        lost(connection, 'it answers without events, perhaps to too many viewers');
      } else {
        await read(response, connection);
        lost(connection, 'the gateway has ended it');
      }
    } catch {
      lost(connection, 'the gateway is not reached');
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
        heard(event);
      }
    }
  }

  function heard(event) {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event);
    pause = FIRST_PAUSE_MS;
    handlers.connection('live');
    try {
      handlers[name](JSON.parse(data));
    } catch (error) {
      reportError(error); // the page's own; the connection is well
    }
  }

  function watch(connection) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => lost(connection, 'nothing was heard for 5 seconds'), SILENCE_MS);
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
      return; // it was ended here
    }
    close();
    handlers.connection('lost', why);
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  /** Without another token, trying again by itself would change nothing. */
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

  // A laptop that wakes up, or a page brought back from the cache, needn't wait for its turn.
  addEventListener('online', open);
  addEventListener('pageshow', (event) => event.persisted && open());
  addEventListener('pagehide', close);
  handlers.connection('connecting');
  open();
  return open;
}
