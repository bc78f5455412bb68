/* The picture of the system: clients, limiter, balancer and a card for each backend or, with several routes, a group for
 * each route; wires.js joins them.
 */

import {attribute, byId, text} from './dom.js';
import {Cards} from './cards.js';
import {count, plural, rate} from './format.js';
import {hint} from './hint.js';
import {routeList} from './routes.js';
import {oneStop} from './lists.js';
import {serviceSearch} from './search.js';
import {OUTCOMES} from './totals.js';
import {Wires} from './wires.js';

const MANY = 8; // more backends than this get smaller cards

/**
 * @param act called with an action (drain, resume, remove), its backend, and what to call that
 * @param look called with a part of the name, path or host of the routes that the user looks for
 */
export function picture(act, look) {
  const root = byId('picture');
  const list = byId('backends');
  const cards = new Cards(list, act, 'h4', () => byId('register-name'));
  const wires = new Wires(root, byId('wires'));
  const routes = routeList(act, look, () => wires.draw());
  const search = serviceSearch(list);
  oneStop(list, '.backend', 'button, summary');

  function show(state, rates, now) {
    const flows = flowsOf(rates);
    for (const output of root.querySelectorAll('output[data-rate]')) {
      text(output, `${rate(flows[output.dataset.rate])}/s`);
    }
    attribute(byId('exit-limited'), 'data-quiet', flows.limited ? null : '');
    attribute(byId('exit-failed'), 'data-quiet', flows.failed ? null : '');
    nodes(state);
    const several = state.routes !== undefined;
    const backends = several ? [] : state.backends;
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    let changed = cards.show(search.of(backends, MANY), {name: state.balancer?.next, url: state.balancer?.next_url}, rates, now);
    if (focused?.isConnected && focused !== document.activeElement) {
      focused.focus(); // its card has moved
    }
    changed = routes.show(state, rates, now) || changed;
    hint(!several && backends.length === 0, state.left ?? []);
    list.hidden = backends.length === 0;
    root.classList.toggle('many', several || backends.length > MANY);
    if (changed) {
      wires.between(several ? routes.elements() : cards.elements);
    }
    wires.flow(flows, (key) => rates.of(key.startsWith('route:') ? key : `backend:${key}`));
  }

  function nodes(state) {
    const {limit, balancer, routes, backends} = state;
    const clients = !limit ? 'any number' : routes ? `${plural(limit.clients, 'key')} counted` : plural(limit.clients, 'address', 'addresses');
    const none = backends.some(({status}) => status === 'healthy') ? undefined : 'none is healthy';
    const next = balancer?.next ?? none; // undefined for strategies that choose by the request
    text(byId('clients-known'), clients);
    text(byId('clients-in-flight'), `${count(state.in_flight)} in flight`);
    text(byId('limiter-policy'), limit ? limit.policy : 'no limit');
    text(byId('limiter-counts'), limit ? `${count(limit.allowed)} allowed, ${count(limit.refused)} limited` : '');
    text(byId('balancer-title'), routes ? 'Router' : 'Balancer');
    text(byId('balancer-name'), routes ? plural(routes.total, 'route') : balancer.name);
    byId('balancer-next').parentElement.hidden = routes !== undefined || next === undefined;
    text(byId('balancer-next'), next ?? '');
  }

  return {show};
}

/** Returns the requests per second on each wire. */
function flowsOf(rates) {
  const of = (name) => rates.of(name) ?? 0;
  if (rates.of('requests') !== null) { // all that visitors are told
    return {arriving: of('requests'), passed: of('requests') - of('limited'), limited: of('limited'), failed: null};
  }
  if (rates.of('served') === null) {
    return {arriving: null, passed: null, limited: null, failed: null};
  }
  const arriving = OUTCOMES.reduce((sum, outcome) => sum + of(outcome), 0);
  return {arriving, passed: arriving - of('limited') - of('rejected'), limited: of('limited'), failed: of('failed')};
}
