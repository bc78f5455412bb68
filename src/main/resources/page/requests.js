/* The last 100 requests, newest first. New rows come in at most twice a second, not while the list is paused or the user
 * reads it (the pointer or the focus is in it), and never move the rows in view.
 */

import {answer, byId, el, text, toneOf} from './dom.js';
import {clock, fullName, left, millis, plural, state as stateOf} from './format.js';

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
  const rows = new Map(); // by id, oldest first: {trace, element, found}
  let waiting = [];
  let paused = false;

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
      && one.trace.client.includes(client.value.trim())
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
    const none = shown().length === 0;
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
  byId('filters').addEventListener('input', filter);
  byId('filters').addEventListener('reset', () => setTimeout(filter));
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  setInterval(tick, PAUSE_MS);

  return {
    add,
    /**
     * Returns the trace next to this one in the filtered list: 1 for the newer, -1 for the older; undefined at the
     * ends.
     */
    beside(trace, step) {
      const traces = shown().map((one) => one.trace);
      const index = traces.findIndex((one) => one.id === trace.id);
      return index < 0 ? undefined : traces[index + step];
    },
    /** Moves the focus when a trace is closed. */
    focus(trace) {
      const button = rows.get(trace?.id)?.element.querySelector('button');
      (button ?? region).focus();
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
    cell('backend', last ? el('span', {class: 'ink'}, fullName(trace.route, last.backend)) : el('span', {class: 'muted'}, noBackend(trace)), passedOver(trace)),
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
  const words = {limited: 'not forwarded', rejected: 'not forwarded', served: 'the gateway'}[trace.outcome] ?? 'none available';
  return trace.route && trace.route !== 'default' ? `${trace.route}: ${words}` : words;
}

/** Returns in short why other backends weren't chosen; the trace has the details. */
function passedOver(trace) {
  const others = trace.passed_over ?? [];
  const failed = (trace.attempts ?? []).filter((attempt) => attempt.error).map((attempt) => `${attempt.backend}: ${attempt.error}`);
  const out = others.filter((other) => other.status !== 'healthy').map((other) => `${other.backend} ${stateOf(other.status).words}`);
  const rest = others.length - out.length;
  const turn = others.some((other) => other.reason === 'not its turn') ? 'not in turn' : 'not chosen';
  const parts = [...failed, ...out, ...(rest > 0 ? [`${rest} ${turn}`] : [])];
  const words = parts.join('; ');
  return words === '' ? null : el('span', {class: 'over muted', title: words}, words);
}

function attempts(trace) {
  const n = trace.attempts?.length ?? 0;
  return n > 1 ? el('span', {'data-tone': 'limited', class: 'ink'}, `${n}`) : String(n);
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
