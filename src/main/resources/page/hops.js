/*
 * The last 100 requests, newest first. New rows come in at most twice a second, never while the list is paused or
 * somebody reads in it (the pointer or the focus is there), and never move what is in view.
 */

import {answer, byId, el, text} from './dom.js';
import {clock, left, millis, plural, state as stateOf} from './format.js';

const MOST = 100;
const PAUSE_MS = 500;

const hovers = matchMedia('(hover: hover)');

/** @param open called with a story when its row is opened */
export function hops(open) {
  const region = byId('hops-region');
  const body = byId('hops').tBodies[0];
  const pause = byId('hops-pause');
  const outcome = byId('filter-outcome');
  const client = byId('filter-client');
  const words = byId('filter-text');
  const rows = new Map(); // by id, oldest first: {story, element, found}
  let waiting = [];
  let paused = false;

  function add(stories) {
    const known = new Set(waiting.map((story) => story.id));
    waiting.push(...stories.filter((story) => !rows.has(story.id) && !known.has(story.id)));
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
    const fresh = waiting.map((story) => row(story, open));
    waiting = [];
    fresh.forEach((one) => rows.set(one.story.id, one));
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
    const wanted = (outcome.value === '' || one.story.outcome === outcome.value)
      && one.story.client.includes(client.value.trim())
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
      parts.push(`${plural(waiting.length, 'newer one', 'newer ones')} ${paused ? 'held back' : 'wait while you read'}`);
    }
    text(byId('hops-count'), parts.join(' · '));
  }

  function empty() {
    const note = byId('hops-empty');
    const none = shown().length === 0;
    if (none && rows.size > 0) {
      text(note, 'None of them matches the filter.');
    }
    note.hidden = !none;
  }

  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', paused);
    pause.textContent = paused ? 'Go on' : 'Pause';
    tick();
  });
  byId('filters').addEventListener('input', filter);
  byId('filters').addEventListener('reset', () => setTimeout(filter));
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  setInterval(tick, PAUSE_MS);

  return {
    add,
    /** The story beside this one in the list as it is filtered: 1 is newer, -1 older; undefined at the ends. */
    beside(story, step) {
      const stories = shown().map((one) => one.story);
      const index = stories.findIndex((one) => one.id === story.id);
      return index < 0 ? undefined : stories[index + step];
    },
    /** Where the focus goes when a story is closed. */
    focus(story) {
      const button = rows.get(story?.id)?.element.querySelector('button');
      (button ?? region).focus();
    },
  };
}

function row(story, open) {
  const last = story.attempts?.at(-1);
  const button = el('button', {type: 'button', class: 'open', 'aria-haspopup': 'dialog', title: `${story.method} ${story.path}`},
    el('span', {class: 'method'}, story.method), ` ${story.path}`);
  const cell = (name, ...content) => el('td', {role: 'cell', 'data-cell': name}, ...content);
  const element = el(
    'tr',
    {role: 'row', 'data-id': story.id, 'data-outcome': story.outcome, 'data-tone': story.outcome},
    cell('time', el('time', {datetime: story.time}, clock(story.time))),
    cell('client', story.client),
    cell('request', button),
    cell('limit', limitWords(story.limit)),
    cell('backend', last ? el('span', {class: 'ink'}, last.backend) : el('span', {class: 'muted'}, noBackend(story)), passedOver(story)),
    cell('attempts', attempts(story)),
    cell('answer', answer(story.outcome, story.status)),
    cell('duration', millis(story.duration_ms)),
  );
  element.addEventListener('click', () => open(story));
  return {story, element, found: searchable(story)};
}

function limitWords(limit) {
  if (!limit) {
    return el('span', {class: 'muted'}, 'no limit');
  }
  if (!limit.allowed) {
    return el('span', {'data-tone': 'limited', class: 'ink'}, `refused, free in ${left(limit.reset_in_ms)}`);
  }
  return `${limit.remaining} of ${limit.limit} left`;
}

function noBackend(story) {
  if (story.outcome === 'limited' || story.outcome === 'rejected') {
    return 'not forwarded';
  }
  return 'none available';
}

/** Why the others weren't taken, as short as it can be said; the story tells it in full. */
function passedOver(story) {
  const others = story.passed_over ?? [];
  const failed = (story.attempts ?? []).filter((attempt) => attempt.error).map((attempt) => `${attempt.backend}: ${attempt.error}`);
  const out = others.filter((other) => other.status !== 'healthy').map((other) => `${other.backend} ${stateOf(other.status).words}`);
  const turn = others.length - out.length;
  const parts = [...failed, ...out, ...(turn > 0 ? [`${turn} not in turn`] : [])];
  const words = parts.join('; ');
  return words === '' ? null : el('span', {class: 'over muted', title: words}, words);
}

function attempts(story) {
  const n = story.attempts?.length ?? 0;
  return n > 1 ? el('span', {'data-tone': 'limited', class: 'ink'}, `${n}`) : String(n);
}

function searchable(story) {
  return [
    story.id,
    story.trace_id,
    story.method,
    story.path,
    `${story.method} ${story.path}`,
    story.client,
    story.status,
    story.outcome,
    story.reason,
    ...(story.attempts ?? []).flatMap((attempt) => [attempt.backend, attempt.url, attempt.error]),
    ...(story.passed_over ?? []).flatMap((other) => [other.backend, other.reason]),
  ]
    .filter((part) => part !== null && part !== undefined)
    .join('\n')
    .toLowerCase();
}
