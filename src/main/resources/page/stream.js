/* One connection for the gateway's events, with fetch, since EventSource can't send a token and gives up after an error
 * status. A connection that fails or falls silent is closed, and another opened after a pause that grows.
 */

import {urlOf} from './mount.js';
import {authorization, isAboutToken} from './token.js';

export const PATIENCE_MS = 900; // until the page says that it waits
const SILENCE_MS = 5000; // the gateway sends an event at least once a second
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_WISH_MS = 60_000; // of a Retry-After

/**
 * Connects at once, and again whenever that fails.
 *
 * @param url the path of the events, with a query perhaps
 * @param heard event(name, data) for each event; connection('connecting' | 'waiting' | 'live' | 'lost', why) whenever
 *   that changes; refused(response, why) if the gateway refuses, after which this connection is over
 * @returns close() and again(), which reconnects now
 */
export function connect(url, heard) {
  let current = null; // the connection's AbortController
  let watchdog = 0;
  let timer = 0; // until the next connection, or until the page says that it waits
  let pause = FIRST_PAUSE_MS;
  let said = '';

  function say(state, why) {
    if (state !== said || why) {
      said = state;
      heard.connection(state, why);
    }
  }

  async function open() {
    close();
    const connection = new AbortController();
    current = connection;
    watch(connection);
    if (said !== 'lost') {
      say('connecting');
      timer = setTimeout(() => say('waiting'), PATIENCE_MS);
    }
    try {
      const response = await fetch(urlOf(url), {headers: authorization(), cache: 'no-store', signal: connection.signal});
      if (isAboutToken(response) || response.status === 403) {
        const why = await reason(response);
        if (connection === current) {
          close();
          heard.refused(response, why);
        }
      } else if (!response.ok) {
        const why = await reason(response);
        lost(connection, why, 1000 * Number(response.headers.get('Retry-After')) || 0);
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
    clearTimeout(timer);
    pause = FIRST_PAUSE_MS;
    say('live');
    heard.event(name, JSON.parse(data));
  }

  function watch(connection) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => lost(connection, 'no event for 5 seconds'), SILENCE_MS);
  }

  function close() {
    clearTimeout(watchdog);
    clearTimeout(timer);
    const before = current;
    current = null;
    before?.abort();
  }

  /** @param wish how long the gateway wants the page to wait, milliseconds */
  function lost(connection, why, wish = 0) {
    if (connection !== current) {
      return; // closed by this page
    }
    close();
    const chance = 0.8 + 0.4 * Math.random(); // so that not all pages come back at once
    const wait = Math.max(pause * chance, Math.min(wish, LONGEST_WISH_MS));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    say('lost', `${why}; retrying in ${Math.ceil(wait / 1000)} s`);
    timer = setTimeout(open, wait);
  }

  open();
  return {close, again: open};
}

async function reason(response) {
  const problem = await response.clone().json().catch(() => ({}));
  return problem.detail ?? `the gateway answered ${response.status}`;
}
