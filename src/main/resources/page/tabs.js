/* One stream of events for all tabs of a browser: a browser opens only six connections to a host over HTTP/1.1, so with
 * a stream for each tab, six tabs would leave none for anything else.
 *
 * The tabs that are shown queue for a lock. The one that has it leads: it holds the stream, and passes on what comes. When
 * it is closed or hidden, the next in the queue takes over. A tab that comes later gets from the leader what came before.
 * Tabs with another token, or that look for other routes, have a stream of their own. Without locks, which browsers offer
 * on https and localhost only, each tab that is shown has its own stream.
 */

import {fingerprint} from './token.js';
import {connect, PATIENCE_MS} from './stream.js';

const HIDDEN_MS = 3000; // a tab that is hidden for less keeps its place
const BEAT_MS = 2000;
const SILENCE_MS = 10_000; // a leader that is silent for longer hangs, as in a print dialog
const KEPT = 100; // as many requests as the page lists

/**
 * Listens whenever this tab is shown.
 *
 * @param url returns the URL of the events, each time when the tab begins to listen
 * @param handlers a function for each kind of event, and
 *   connection('connecting' | 'waiting' | 'live' | 'lost' | 'refused' | 'paused', why, response)
 * @returns a function that begins anew, now
 */
export function listen(url, handlers) {
  let place = null; // among the tabs that listen; null while this one doesn't
  let hiding = 0;

  async function join() {
    leave();
    if (document.hidden) {
      handlers.connection('paused');
      return;
    }
    const mine = {leave() {}};
    place = mine;
    const heard = {
      event,
      connection: handlers.connection,
      refused(response, why) {
        leave(); // nothing but another token, or another try of the user's, would change the answer
        handlers.connection('refused', why, response);
      },
    };
    if (!navigator.locks || !window.BroadcastChannel || !crypto.subtle) {
      mine.leave = connect(url(), heard).close;
      return;
    }
    const name = `gateway events ${url()} ${await fingerprint()}`;
    if (mine === place) {
      mine.leave = share(name, url(), heard);
    }
  }

  function leave() {
    place?.leave();
    place = null;
  }

  function event(name, data) {
    try {
      handlers[name]?.(data);
    } catch (error) {
      reportError(error); // an error of the page; the connection is fine
    }
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (!document.hidden) {
      if (!place) {
        join();
      }
    } else if (place) {
      hiding = setTimeout(() => {
        leave();
        handlers.connection('paused');
      }, HIDDEN_MS);
    }
  });
  addEventListener('online', join);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', (event) => event.persisted && join());
  join();
  return join;
}

/** Shares a stream with the other tabs of this name; returns a function that leaves them. */
function share(name, url, heard) {
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const gone = new AbortController();
  let queued = null; // its AbortController
  let stream = null; // while this tab leads
  let release = null;
  let past = null;
  let heardAt = performance.now();

  const tell = (kind, ...words) => {
    past.add(kind, words);
    channel.postMessage({kind, words});
    heard[kind](...words);
  };

  /** Leads until it leaves, or another tab takes its place because this one hung. */
  function lead() {
    past = new Past();
    return new Promise((resolve) => {
      release = resolve;
      stream = connect(url, {
        event: (kind, data) => tell('event', kind, data),
        connection: (state, why) => tell('connection', state, why),
        refused: heard.refused, // the others will ask for themselves
      });
    });
  }

  function follow() {
    stream?.close();
    stream = null;
    release?.();
    release = null;
  }

  function queue(steal) {
    queued?.abort();
    queued = new AbortController();
    const options = steal ? {steal: true} : {signal: queued.signal};
    navigator.locks.request(name, options, () => (gone.signal.aborted ? null : lead())).catch(() => {
      if (stream && !gone.signal.aborted) { // another tab has taken its place
        follow();
        heardAt = performance.now();
        queue(false);
      }
    });
  }

  channel.onmessage = ({data}) => {
    if (data.hello && stream) {
      channel.postMessage({to: data.hello, past: past.all()});
      if (past.isLost) {
        stream.again(); // somebody wants to see it now
      }
    } else if (!stream && !data.hello) {
      clearTimeout(patience);
      heardAt = performance.now();
      if (data.kind) {
        heard[data.kind](...data.words);
      } else if (data.to === me) {
        data.past.forEach(([kind, words]) => heard[kind](...words));
      }
    }
  };

  const patience = setTimeout(() => !stream && heard.connection('waiting'), PATIENCE_MS);
  const beat = setInterval(() => {
    if (stream) {
      channel.postMessage({beat: true});
    } else if (performance.now() - heardAt > SILENCE_MS) {
      queue(true);
    }
  }, BEAT_MS);

  heard.connection('connecting');
  channel.postMessage({hello: me});
  queue(false);
  return () => {
    gone.abort();
    clearInterval(beat);
    clearTimeout(patience);
    queued.abort();
    follow();
    channel.close();
  };
}

/** What a tab that comes later needs to know: the last state, and the lists so far. */
class Past {
  #connection = null;
  #events = new Map(); // by name

  add(kind, words) {
    if (kind === 'connection') {
      this.#connection = words;
      return;
    }
    const [name, data] = words;
    if (name === 'point') {
      const history = this.#events.get('history');
      history?.points.push(data);
      history?.points.splice(0, history.points.length - 300);
    } else if (Array.isArray(data)) {
      this.#events.set(name, [...(this.#events.get(name) ?? []), ...data].slice(-KEPT));
    } else {
      this.#events.set(name, data);
    }
  }

  get isLost() {
    return this.#connection?.[0] === 'lost';
  }

  all() {
    return [...(this.#connection ? [['connection', this.#connection]] : []), ...[...this.#events].map((event) => ['event', event])];
  }
}
