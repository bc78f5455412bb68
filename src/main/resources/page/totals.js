/* The figures at the top: all requests since the start by outcome, and the current latency. */

import {byId, el, shape, text} from './dom.js';
import {count, millis, rate} from './format.js';

export const OUTCOMES = ['served', 'limited', 'failed', 'rejected', 'abandoned'];

const MEANING = {
  served: "a backend's answer was passed on, whatever its status",
  limited: 'refused with 429',
  failed: 'no backend gave a complete answer',
  rejected: 'the gateway refused the request itself: 400, 405, 408, 501',
  abandoned: 'the client left before it had the whole answer',
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
  tile('in-flight', 'in flight', null, 'requests under way now');
  tile('p50', 'latency p50', null, 'half of the requests in the last half minute took no longer');
  tile('p99', 'latency p99', null, '99 of 100 requests in the last half minute took no longer');

  return {
    show(state, rates) {
      for (const outcome of OUTCOMES) {
        text(values[outcome], count(state.totals[outcome] ?? 0));
        text(notes[outcome], `${rate(rates.of(outcome))}/s`);
      }
      text(values['in-flight'], count(state.in_flight));
      text(values.p50, millis(state.latency.p50_ms));
      text(values.p99, millis(state.latency.p99_ms));
    },
  };
}
