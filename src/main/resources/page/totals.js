/* The figures at the top: all requests since the start by outcome, the services' errors of late, and the current latency. */

import {attribute, byId, el, shape, text} from './dom.js';
import {count, millis, rate, share} from './format.js';

export const OUTCOMES = ['served', 'limited', 'failed', 'rejected', 'abandoned'];

const MEANING = {
  served: "a service's answer was passed on, whatever its status",
  limited: 'refused with 429',
  failed: 'no service gave a complete answer',
  rejected: 'the gateway refused the request itself: 400, 405, 408, 501',
  abandoned: 'the client left before it had the whole answer',
};

const ERRORS = {
  '5xx': {label: '5xx answers', title: 'the part of the requests to services in the last minute that got a 5xx'},
  none: {label: 'no answer', title: 'the part of the requests to services in the last minute that got no complete answer'},
};

export function totals() {
  const list = byId('totals');
  const values = {};
  const notes = {};

  function tile(name, label, tone, title, total) {
    values[name] = el('span', {class: 'figure', 'data-total': total ? name : null, 'data-value': name}, '–');
    notes[name] = el('span', {class: 'muted'});
    const heading = el('dt', {title, 'data-tone': tone}, tone ? shape(tone) : null, label);
    list.append(el('div', {class: 'tile'}, heading, el('dd', {}, values[name], notes[name])));
  }

  for (const outcome of OUTCOMES) {
    tile(outcome, outcome, outcome, MEANING[outcome], true);
  }
  for (const [name, {label, title}] of Object.entries(ERRORS)) {
    tile(`answers-${name}`, label, null, title);
  }
  tile('in-flight', 'in flight', null, 'requests under way now');
  tile('p50', 'latency p50', null, 'half of the requests in the last half minute took no longer');
  tile('p99', 'latency p99', null, '99 of 100 requests in the last half minute took no longer');

  return {
    show(state, rates) {
      for (const outcome of OUTCOMES) {
        const total = state.totals[outcome];
        text(values[outcome], total === undefined ? '–' : count(total));
        text(notes[outcome], total === undefined ? 'for operators' : `${rate(rates.of(outcome))}/s`);
      }
      for (const name of Object.keys(ERRORS)) {
        const n = state.last_minute?.[name] ?? 0;
        text(values[`answers-${name}`], share(n, state.last_minute));
        text(notes[`answers-${name}`], state.last_minute === undefined ? 'for operators' : n > 0 ? count(n) : '');
        attribute(values[`answers-${name}`], 'data-tone', n > 0 ? 'error' : null);
      }
      text(values['in-flight'], count(state.in_flight));
      for (const name of ['p50', 'p99']) {
        text(notes[name], state.totals.served === undefined ? 'for operators' : '');
      }
      text(values.p50, millis(state.latency.p50_ms));
      text(values.p99, millis(state.latency.p99_ms));
    },
  };
}
