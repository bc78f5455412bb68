/* Sends requests from this page: one, whose whole answer is shown, or ten in sequence. */

import {answering, exchange} from './answer.js';
import {attribute, byId, el, options, shape, text, toneOf} from './dom.js';
import {clear, refuse} from './fields.js';
import {oneStop} from './lists.js';
import {urlOf} from './mount.js';
import {requestOf} from './request.js';
import {OUTCOMES} from './totals.js';
import {isCancelled, patiently} from './waiting.js';

const LONGEST_MS = 40_000; // the gateway gives up on a silent service after 30 s by default

/**
 * @param open called with a trace, and the element that gets the focus back
 * @param fetched returns a promise of the trace with an id; of undefined if there is none
 */
export function sending(open, fetched) {
  const form = byId('send-form');
  const whole = answering();
  const results = byId('send-results');
  const summary = byId('send-summary');
  const path = byId('send-path');
  const buttons = [byId('send-one'), byId('send-ten')];
  let busy = false;
  let base = '/api'; // what each path begins with; empty if there are several routes
  let routes = 1;

  async function send(times) {
    if (busy) {
      return;
    }
    clear(form);
    whole.clear();
    const {target, init, errors} = requestOf(form.elements, base);
    if (errors.length > 0) {
      refuse(form, errors);
      results.replaceChildren();
      text(summary, 'Not sent; see the fields above.');
      return;
    }
    busy = true;
    buttons.forEach((button) => attribute(button, 'aria-disabled', true));
    results.setAttribute('aria-busy', 'true');
    results.replaceChildren();
    path.value = target;
    const counts = {};
    let sent = 0;
    try {
      for (let i = 0; i < times; i++) {
        const answer = await ask(target, init);
        counts[answer.outcome] = (counts[answer.outcome] ?? 0) + 1;
        results.append(chip(answer, open, fetched));
        sent++;
        if (times === 1 && answer.seen.response) {
          whole.show(answer.seen, toneOfAnswer(answer), answer.status ? '' : answer.words);
        }
        if (answer.cancelled) {
          break;
        }
      }
    } finally {
      busy = false;
      buttons.forEach((button) => attribute(button, 'aria-disabled', null));
      results.removeAttribute('aria-busy');
    }
    const parts = [...OUTCOMES, 'unanswered'].filter((outcome) => counts[outcome]).map((outcome) => `${counts[outcome]} ${outcome}`);
    text(summary, `${sent === 1 ? 'One request' : `${sent} requests`}: ${parts.join(', ')}.`);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(1);
  });
  byId('send-ten').addEventListener('click', () => send(10));
  lookForPaths();
  oneStop(results, 'li', 'button');

  /** Reads where services answer; hides the form at the admin port, where none does. */
  async function lookForPaths() {
    const start = await fetch(urlOf('/'), {headers: {Accept: 'application/json'}}).then((answer) => answer.json()).catch(() => null);
    const paths = start?.paths ?? (start?.links.api ? [start.links.api] : null);
    if (!start) {
      return;
    }
    if (!paths) {
      form.hidden = true;
      text(byId('send-summary'), "Services answer at the gateway's main port; this is the admin port.");
      text(byId('requests-empty'), 'No request yet.');
      return;
    }
    const before = base;
    base = paths.length === 1 ? paths[0].replace(/\/$/, '') : '';
    text(byId('send-label'), base === '' ? 'Path' : `Path, below ${base}`);
    options(byId('send-paths'), paths);
    if (paths.length === 0) {
      return;
    }
    const [shortest] = [...paths].sort((a, b) => a.length - b.length);
    if (byId('example-path')) { // gone once there was a request
      text(byId('example-path'), paths.includes('/api/') ? '/api/data' : `${shortest}data`);
    }
    if (path.value === `${before}/data` && !paths.includes(`${before}/`)) { // as it was suggested
      path.value = `${shortest}data`;
    }
  }

  return {
    /** Looks for the paths again when routes came or went. */
    show(now) {
      const total = now?.total ?? 1;
      if (total !== routes) {
        routes = total;
        lookForPaths();
      }
    },
  };
}

async function ask(target, init) {
  const seen = {};
  const what = init.method === 'GET' ? target : `${init.method} ${target}`;
  try {
    await patiently(what, (signal) => exchange(target, {...init, signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)])}, seen));
    const {response} = seen;
    const header = (name) => response.headers.get(name);
    return {
      seen,
      status: response.status,
      outcome: outcomeOf(response),
      id: header('X-Request-ID'),
      remaining: header('X-RateLimit-Remaining'),
      retryAfter: header('Retry-After'),
    };
  } catch (failure) {
    const cancelled = isCancelled(failure);
    const words = failure.name === 'TimeoutError' ? (seen.response ? 'no end' : 'no answer') : cancelled ? 'cancelled' : 'broken off';
    return {seen, outcome: 'unanswered', cancelled, words};
  }
}

/** Returns the outcome as the gateway counts it: a backend's answer carries headers that a route may leave out. */
function outcomeOf(response) {
  const marked = response.headers.has('X-Backend-Service') || response.headers.has('X-Load-Balancer');
  const failed = /;\s*error=/.test(response.headers.get('Proxy-Status') ?? '');
  if ((marked || response.status < 400) && !failed) {
    return 'served';
  }
  if (response.status === 429) {
    return 'limited';
  }
  return response.status >= 502 ? 'failed' : 'rejected';
}

const toneOfAnswer = ({outcome, status}) => (outcome === 'unanswered' ? 'failed' : toneOf(outcome, status));

function chip(answer, open, fetched) {
  const tone = toneOfAnswer(answer);
  const detail = detailOf(answer);
  const content = [shape(tone), el('strong', {class: 'status'}, answer.status ?? answer.words), detail ? el('span', {class: 'detail'}, detail) : null];
  const item = el('li', {'data-result': answer.outcome, 'data-tone': tone});
  if (!answer.id) {
    item.append(el('span', {class: 'chip'}, ...content));
    return item;
  }
  const button = el('button', {type: 'button', class: 'chip', title: `${answer.outcome}; opens its trace`}, ...content);
  button.addEventListener('click', async () => {
    const trace = await fetched(answer.id);
    if (trace) {
      open(trace, button);
    }
  });
  item.append(button);
  return item;
}

function detailOf(answer) {
  if (answer.outcome === 'unanswered') {
    return null;
  }
  if (answer.outcome === 'limited') {
    return `retry in ${answer.retryAfter} s`;
  }
  return answer.remaining === undefined || answer.remaining === null ? answer.outcome : `${answer.remaining} left`;
}
