/* A request's trace in a drawer: the request, the limiter's decision, and each attempt on a time line. */

import {look, looked} from './address.js';
import {answer, attribute, byId, el, tag, text, toneOf} from './dom.js';
import {bytes, clock, millis, plural, state as stateOf, decision} from './format.js';

/**
 * @param around the list: beside(trace, step), find(id) and focus(trace)
 * @param fetched returns a promise of the trace with an id that isn't in the list; of undefined if there is none
 * @param openClient called with a client and its route
 */
export function drawer(around, fetched, openClient) {
  const dialog = byId('trace');
  const title = el('h2', {id: 'trace-title', tabindex: '-1'});
  const newer = el('button', {type: 'button', class: 'quiet'}, 'Newer');
  const older = el('button', {type: 'button', class: 'quiet'}, 'Older');
  const close = el('button', {type: 'button', class: 'quiet', 'data-action': 'close'}, 'Close');
  const content = el('div', {class: 'trace'});
  dialog.append(el('div', {class: 'drawer-head'}, title, el('div', {class: 'buttons'}, newer, older, close)), content);
  let current = null;
  let back = null; // the element that gets the focus back, if not a row

  function show(trace) {
    current = trace;
    title.replaceChildren(el('span', {class: 'method'}, trace.method), ` ${trace.path}`);
    content.replaceChildren(...tell(trace, openClient));
    for (const [button, step] of [[newer, 1], [older, -1]]) {
      attribute(button, 'aria-disabled', around.beside(trace, step) ? null : 'true');
    }
    content.scrollTop = 0;
  }

  function open(trace, opener = null) {
    back = opener;
    look({request: trace.id}, !dialog.open, {opened: true});
    show(trace);
    if (!dialog.open) {
      dialog.showModal();
      title.focus();
    }
  }

  /** Opens the request that the URL names, or closes the drawer if it names none. */
  async function follow() {
    const id = looked('request');
    if (id === '') {
      dialog.close();
    } else if (!dialog.open || current.id !== id) {
      const trace = around.find(id) ?? (await fetched(id));
      if (trace && looked('request') === id) {
        open(trace);
      } else if (!trace) {
        look({request: ''}, false);
      }
    }
  }

  /** Closes the drawer, and waits until the URL is what it was before. */
  async function leave() {
    if (dialog.open) {
      const back = history.state?.opened;
      const gone = new Promise((resolve) => addEventListener('popstate', resolve, {once: true}));
      dialog.close();
      await (back && gone);
    }
  }

  const go = (step) => {
    const trace = around.beside(current, step);
    if (trace) {
      look({request: trace.id}, false);
      show(trace);
    }
  };
  newer.addEventListener('click', () => go(1));
  older.addEventListener('click', () => go(-1));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => {
    if (history.state?.opened) {
      history.back(); // to what was before it was opened
    } else {
      look({request: ''}, false);
    }
    if (back?.isConnected) {
      back.focus();
    } else {
      around.focus(current);
    }
  });
  addEventListener('popstate', follow);

  return {open, follow, close: leave};
}

function tell(trace, openClient) {
  const facts = [
    ['Answer', answer(trace.outcome, trace.status)],
    ['Time', el('time', {datetime: trace.time}, `${clock(trace.time)} (${trace.time})`)],
    ['Took', `${millis(trace.duration_ms)}, ${bytes(trace.bytes)}`],
    ['Client', client(trace, openClient)],
    ['Limit', decision(trace.limit)],
    ...(trace.route && trace.route !== 'default' ? [['Route', trace.route]] : []),
    ...(trace.algorithm && trace.route !== 'default' ? [['Chosen by', trace.algorithm]] : []),
    ['Request id', copied(trace.id)],
    ['Trace id', trace.trace_id ? copied(trace.trace_id) : '–'],
  ];
  return [
    trace.reason ? el('p', {class: 'reason', 'data-tone': toneOf(trace.outcome, trace.status)}, trace.reason, trace.problem ? el('span', {class: 'muted'}, ` (${trace.problem})`) : null) : null,
    el('dl', {class: 'facts'}, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    ...attempts(trace),
    ...others(trace.passed_over ?? []),
    el('details', {}, el('summary', {}, 'Raw JSON'), el('pre', {}, JSON.stringify(trace, null, 2))),
  ].filter(Boolean);
}

function client(trace, open) {
  const button = el('button', {type: 'button', class: 'open', 'aria-haspopup': 'dialog'}, trace.client);
  button.addEventListener('click', () => open(trace.client, trace.route));
  return button;
}

function attempts(trace) {
  const list = trace.attempts ?? [];
  if (list.length === 0) {
    return [el('h3', {}, 'Attempts'), el('p', {class: 'muted'}, 'None: the request was not sent to any service.')];
  }
  const total = Math.max(trace.duration_ms, ...list.map((attempt) => attempt.after_ms + attempt.duration_ms), 0.01);
  return [
    el('h3', {}, plural(list.length, 'attempt')),
    el('ol', {class: 'attempts'}, ...list.map((attempt, index) => attemptRow(attempt, index, list.length, total))),
    el('p', {class: 'scale muted'}, el('span', {}, '0 ms'), el('span', {}, millis(total))),
  ];
}

function attemptRow(attempt, index, all, total) {
  const tone = attempt.error ? 'failed' : toneOf('served', attempt.status);
  const bar = el('span', {class: 'bar'});
  bar.style.left = `${(100 * attempt.after_ms) / total}%`;
  bar.style.width = `${Math.max(0.5, (100 * attempt.duration_ms) / total)}%`;
  const answer = attempt.error ? `${attempt.error}${attempt.error_type ? ` (${attempt.error_type})` : ''}` : `${attempt.status}`;
  const connection = attempt.reused_connection ? 'on a reused connection' : 'on a new connection';
  return el(
    'li',
    {'data-tone': tone},
    el('div', {class: 'attempt-head'}, el('strong', {}, attempt.backend), tag(tone, answer), el('span', {class: 'took'}, millis(attempt.duration_ms))),
    el('div', {class: 'track', 'aria-hidden': 'true'}, bar),
    el('p', {class: 'muted'}, `${attempt.url}, after ${millis(attempt.after_ms)}, ${connection}${index < all - 1 ? '; then the next' : ''}`),
  );
}

function others(passedOver) {
  if (passedOver.length === 0) {
    return [];
  }
  const rows = passedOver.map((other) => {
    const {tone, words} = stateOf(other.status);
    return el('li', {}, el('strong', {}, other.backend), tag(tone, words), el('span', {class: 'muted'}, `${other.url}: ${other.reason ?? ''}`));
  });
  return [el('h3', {}, 'Not chosen'), el('ul', {class: 'others'}, ...rows)];
}

/** Returns an id with a button that copies it. */
function copied(id) {
  const button = el('button', {type: 'button', class: 'quiet small', 'aria-label': 'Copy'}, 'Copy');
  button.addEventListener('click', async () => {
    try { // allowed only on https or localhost
      await navigator.clipboard.writeText(id);
      text(button, 'Copied');
    } catch {
      text(button, 'Copy it by hand');
    }
  });
  return el('span', {class: 'copied'}, el('code', {}, id), button);
}
