/* The last 100 requests, newest first. New rows come in at most twice a second, not while the list is paused or the user
 * reads it (the pointer or the focus is in it), and never move the rows in view.
 */

import {look, looked} from './address.js';
import {isClient} from './clients.js';
import {answer, byId, el, text, toneOf} from './dom.js';
import {clock, fullName, left, millis, plural, state as stateOf} from './format.js';
import {oneStop} from './lists.js';

const MOST = 100;
const PAUSE_MS = 500;

const hovers = matchMedia('(hover: hover)');

/** @param open called with a trace when its row is opened */
export function requestList(open) {
  const region = byId('requests-region');
  const body = byId('requests').tBodies[0];
  const pause = byId('requests-pause');
  const outcome = byId('filter-outcome');
  const client = byId('filter-client');
  const words = byId('filter-text');
  const filters = byId('filters');
  const rows = new Map(); // by id, oldest first: {trace, element, found}
  let waiting = [];
  let paused = false;
  let isKnown = false;
  let edited = null; // the field whose changes so far are one step back for the browser

  function add(traces) {
    const known = new Set(waiting.map((trace) => trace.id));
    waiting.push(...traces.filter((trace) => !rows.has(trace.id) && !known.has(trace.id)));
    waiting = waiting.slice(-MOST);
  }

  const read = () => body.contains(document.activeElement) || (hovers.matches && body.matches(':hover'));

  function tick() {
    if (waiting.length > 0 && !paused && !read()) {
      flush();
    }
    count();
  }

  function flush() {
    const anchor = shown().at(-1)?.element;
    const before = anchor?.getBoundingClientRect().top;
    const fresh = waiting.map((trace) => row(trace, open));
    waiting = [];
    fresh.forEach((one) => rows.set(one.trace.id, one));
    body.prepend(...fresh.map((one) => one.element).reverse());
    while (rows.size > MOST) {
      const [id, oldest] = rows.entries().next().value;
      oldest.element.remove();
      rows.delete(id);
    }
    fresh.forEach(filterRow);
    if (region.scrollTop > 0 && anchor?.isConnected) {
      region.scrollTop += anchor.getBoundingClientRect().top - before;
    }
    empty();
  }

  function filterRow(one) {
    const wanted = (outcome.value === '' || one.trace.outcome === outcome.value)
      && isClient(client.value, one.trace.client)
      && one.found.includes(words.value.trim().toLowerCase());
    one.element.hidden = !wanted;
  }

  function filter() {
    rows.forEach(filterRow);
    count();
    empty();
  }

  const shown = () => [...rows.values()].filter((one) => !one.element.hidden);

  function count() {
    const parts = [];
    if (outcome.value || client.value.trim() || words.value.trim()) {
      parts.push(`${shown().length} of ${rows.size} match`);
    }
    if (waiting.length > 0 && (paused || read())) {
      parts.push(`${plural(waiting.length, 'newer request')} ${paused ? 'held back' : 'waiting while you read'}`);
    }
    text(byId('requests-count'), parts.join(' · '));
  }

  function empty() {
    const note = byId('requests-empty');
    const none = isKnown && shown().length === 0;
    if (none && rows.size > 0) {
      text(note, 'No request matches the filter.');
    }
    note.hidden = !none;
  }

  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', paused);
    pause.textContent = paused ? 'Resume' : 'Pause';
    tick();
  });

  /** Filters by what the fields say, and has the URL say the same. */
  function filterBy(anew) {
    look({outcome: outcome.value, client: client.value.trim(), text: words.value.trim()}, anew);
    filter();
  }

  /** Filters by what the URL says. */
  function follow() {
    outcome.value = looked('outcome');
    client.value = looked('client');
    words.value = looked('text');
    if (outcome.selectedIndex < 0) {
      outcome.value = ''; // the URL names none that there is
    }
    filter();
  }

  filters.addEventListener('input', ({target}) => {
    filterBy(target !== edited);
    edited = target;
  });
  filters.addEventListener('focusout', () => (edited = null));
  filters.addEventListener('reset', () => setTimeout(() => filterBy(true)));
  filters.addEventListener('submit', (event) => event.preventDefault());
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, select, textarea, dialog');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && words.offsetParent) {
      event.preventDefault();
      words.focus();
      words.select();
    }
  });
  addEventListener('popstate', follow);
  oneStop(body, 'tr', 'button');
  follow();
  setInterval(tick, PAUSE_MS);

  return {
    add,
    /** To be called once the gateway has told which requests there were: only then, an empty list means none. */
    known() {
      if (!isKnown) {
        isKnown = true;
        empty();
      }
    },
    /**
     * Returns the trace next to this one in the filtered list: 1 for the newer, -1 for the older; undefined at the
     * ends.
     */
    beside(trace, step) {
      const traces = shown().map((one) => one.trace);
      const index = traces.findIndex((one) => one.id === trace.id);
      return index < 0 ? undefined : traces[index + step];
    },
    /** Returns the trace with this id, if it is in the list. */
    find: (id) => rows.get(id)?.trace ?? waiting.find((trace) => trace.id === id),
    /** Lists the requests of a client alone. */
    of(address) {
      filters.reset();
      client.value = address;
      filterBy(true);
      filters.scrollIntoView();
      client.focus();
    },
    /** Moves the focus when a trace is closed. */
    focus(trace) {
      const button = rows.get(trace?.id)?.element.querySelector('button');
      (button ?? words).focus();
    },
  };
}

function row(trace, open) {
  const last = trace.attempts?.at(-1);
  const button = el('button', {type: 'button', class: 'open', 'aria-haspopup': 'dialog', title: `${trace.method} ${trace.path}`},
    el('span', {class: 'method'}, trace.method), ` ${trace.path}`);
  const cell = (name, ...content) => el('td', {role: 'cell', 'data-cell': name}, ...content);
  const element = el(
    'tr',
    {role: 'row', 'data-id': trace.id, 'data-outcome': trace.outcome, 'data-tone': toneOf(trace.outcome, trace.status)},
    cell('time', el('time', {datetime: trace.time}, clock(trace.time))),
    cell('client', trace.client),
    cell('request', button),
    cell('limit', limitWords(trace.limit)),
    cell('backend', last ? el('span', {class: 'ink'}, fullName(trace.route, last.backend)) : el('span', {class: 'muted'}, noBackend(trace)), whatWasOdd(trace)),
    cell('attempts', attempts(trace)),
    cell('answer', answer(trace.outcome, trace.status)),
    cell('duration', millis(trace.duration_ms)),
  );
  element.addEventListener('click', () => open(trace));
  return {trace, element, found: searchable(trace)};
}

function limitWords(limit) {
  if (!limit) {
    return el('span', {class: 'muted'}, 'no limit');
  }
  if (!limit.allowed) {
    return el('span', {'data-tone': 'limited', class: 'ink'}, `limited, free in ${left(limit.reset_in_ms)}`);
  }
  return `${limit.remaining} of ${limit.limit} left`;
}

function noBackend(trace) {
  const words = {limited: 'not forwarded', rejected: 'not forwarded', served: 'the gateway'}[trace.outcome] ?? 'none is healthy';
  return trace.route && trace.route !== 'default' ? `${trace.route}: ${words}` : words;
}

/** Returns in short what went wrong on the way to a service, if anything did; the trace has the details. */
function whatWasOdd(trace) {
  const attempts = trace.attempts ?? [];
  const failed = attempts.filter((attempt) => attempt.error).map((attempt) => `${attempt.backend}: ${attempt.error}`);
  const others = attempts.length > 0 ? [] : (trace.passed_over ?? []).map((other) => `${other.backend} ${stateOf(other.status).words}`);
  const words = [...failed, ...others].join('; ');
  return words === '' ? null : el('span', {class: 'over muted', title: words}, words);
}

function attempts(trace) {
  const n = trace.attempts?.length ?? 0;
  return n > 1 ? el('span', {'data-tone': 'limited', class: 'ink'}, `${n}`) : '';
}

function searchable(trace) {
  return [
    trace.id,
    trace.trace_id,
    trace.method,
    trace.path,
    trace.route,
    `${trace.method} ${trace.path}`,
    trace.client,
    trace.status,
    trace.outcome,
    trace.reason,
    ...(trace.attempts ?? []).flatMap((attempt) => [attempt.backend, attempt.url, attempt.error]),
    ...(trace.passed_over ?? []).flatMap((other) => [other.backend, other.url, other.reason]),
  ]
    .filter((part) => part !== null && part !== undefined)
    .join('\n')
    .toLowerCase();
}
