/* The picture of the system: clients, limiter, balancer and a card for each backend; wires.js joins them. */

import {attribute, byId, el, shape, text} from './dom.js';
import {count, keyOf, millis, passed, plural, rate, state as stateOf} from './format.js';
import {OUTCOMES} from './totals.js';
import {Wires} from './wires.js';

const MANY = 8; // more backends than this get smaller cards

/** @param act called with an action (drain, resume, remove), its backend, and what to call that */
export function picture(act) {
  const root = byId('picture');
  const list = byId('backends');
  const cards = new Map();
  const wires = new Wires(root, byId('wires'));
  const origin = location.origin;

  text(
    byId('how-to-register'),
    `curl -H 'Content-Type: application/json' \\\n  -d '{"name":"orders","url":"http://localhost:8004"}' \\\n  ${origin}/services`,
  );

  function show(state, rates, now) {
    const flows = flowsOf(rates);
    for (const output of root.querySelectorAll('output[data-rate]')) {
      text(output, `${rate(flows[output.dataset.rate])}/s`);
    }
    attribute(byId('exit-limited'), 'data-quiet', flows.limited ? null : '');
    attribute(byId('exit-failed'), 'data-quiet', flows.failed ? null : '');
    nodes(state);
    backends(state, rates, now);
    wires.flow(flows, (key) => rates.of(`backend:${key}`));
  }

  function nodes(state) {
    const limit = state.limit;
    text(byId('clients-known'), limit ? plural(limit.clients, 'address', 'addresses') : 'any number');
    text(byId('clients-in-flight'), `${count(state.in_flight)} in flight`);
    text(byId('limiter-policy'), limit ? limit.policy : 'no limit');
    text(byId('limiter-counts'), limit ? `${count(limit.allowed)} passed, ${count(limit.refused)} refused` : '');
    text(byId('balancer-name'), state.balancer.name);
    text(byId('balancer-next'), state.balancer.next ?? 'none is available');
  }

  function backends(state, rates, now) {
    const keys = new Set(state.backends.map(keyOf));
    let changed = false;
    for (const [key, card] of cards) {
      if (!keys.has(key)) {
        remove(key, card);
        changed = true;
      }
    }
    const sum = state.backends.reduce((all, backend) => all + (rates.of(`backend:${keyOf(backend)}`) ?? 0), 0);
    state.backends.forEach((backend, index) => {
      const key = keyOf(backend);
      let card = cards.get(key);
      if (!card) {
        card = new Card(backend, act);
        cards.set(key, card);
        changed = true;
      }
      if (list.children[index] !== card.element) {
        list.insertBefore(card.element, list.children[index] ?? null);
        changed = true;
      }
      const {next, next_url: nextUrl} = state.balancer;
      card.label(state.backends.some((other) => other.name === backend.name && other.url !== backend.url));
      card.show(backend, rates.of(`backend:${key}`), sum, next === backend.name && nextUrl === backend.url, now);
    });
    byId('no-backends').hidden = state.backends.length > 0;
    list.hidden = state.backends.length === 0;
    root.classList.toggle('many', state.backends.length > MANY);
    if (changed) {
      wires.between([...cards.values()].map((card) => card.element));
    }
  }

  /** Removes a card. If it had the focus, a neighbour gets it, rather than the top of the page. */
  function remove(key, card) {
    const focused = card.element.contains(document.activeElement);
    const neighbour = card.element.nextElementSibling ?? card.element.previousElementSibling;
    card.element.remove();
    cards.delete(key);
    if (focused) {
      (neighbour?.querySelector('button') ?? byId('register-name')).focus();
    }
  }

  return {show};
}

/** Returns the requests per second on each wire. */
function flowsOf(rates) {
  const of = (name) => rates.of(name) ?? 0;
  if (rates.of('served') === null) {
    return {arriving: null, passed: null, limited: null, failed: null};
  }
  const arriving = OUTCOMES.reduce((sum, outcome) => sum + of(outcome), 0);
  return {arriving, passed: arriving - of('limited') - of('rejected'), limited: of('limited'), failed: of('failed')};
}

let cardsMade = 0; // for ids

/** A backend's card. Its elements are made once and changed in place, so that focus and hover stay. */
class Card {
  constructor(backend, act) {
    this.backend = backend;
    this.rate = el('span', {class: 'lead'});
    this.mark = el('span', {class: 'mark'});
    this.state = el('span', {class: 'words'});
    this.next = el('span', {class: 'next', hidden: true}, 'next');
    this.why = el('span', {class: 'reason-words'});
    this.where = el('span', {class: 'where'});
    this.numbers = {};
    this.drain = this.#button('drain', 'Drain', act);
    this.resume = this.#button('resume', 'Resume', act);
    this.remove = this.#button('remove', 'Remove', act);
    const id = `backend-${++cardsMade}`;
    this.element = el(
      'li',
      {class: 'backend', 'data-backend': backend.name, 'data-key': keyOf(backend), 'aria-labelledby': id},
      this.rate,
      el(
        'div',
        {class: 'card'},
        el('div', {class: 'who'},
          el('h4', {id}, backend.name),
          el('span', {class: 'state'}, this.mark, this.state),
          this.next),
        el('p', {class: 'why muted'}, this.why, this.where),
        el('dl', {class: 'numbers'},
          this.#number('share', 'share', 'of the requests in the last three seconds'),
          this.#number('in_flight', 'in flight', 'requests under way'),
          this.#number('p50', 'p50', 'median latency'),
          this.#number('p99', 'p99', '99th percentile of latency'),
          this.#number('failures', 'failures', 'requests without a complete answer since it registered')),
        el('div', {class: 'buttons'}, this.drain, this.resume, this.remove),
      ),
    );
  }

  #number(key, label, title) {
    this.numbers[key] = el('dd', {});
    return el('div', {title}, el('dt', {}, label), this.numbers[key]);
  }

  #button(action, label, act) {
    const button = el('button', {type: 'button', class: 'quiet', 'data-action': action}, label);
    button.addEventListener('click', () => act(action, this.backend, this.title));
    return button;
  }

  /** @param several whether the service has other instances, so that its name alone doesn't say which is meant */
  label(several) {
    const {name, url} = this.backend;
    this.title = several ? `${name} at ${url}` : name;
    for (const button of [this.drain, this.resume, this.remove]) {
      attribute(button, 'aria-label', `${button.textContent} ${this.title}`);
    }
  }

  show(backend, perSecond, sum, next, now) {
    this.backend = backend;
    const {tone, words} = stateOf(backend.status);
    if (this.element.dataset.status !== backend.status) {
      this.element.dataset.status = backend.status;
      this.element.dataset.tone = tone;
      this.mark.replaceChildren(shape(tone));
      this.#swap(backend.status === 'draining');
    }
    text(this.state, words);
    attribute(this.next, 'hidden', next ? null : '');
    attribute(this.element, 'data-next', next ? '' : null);
    text(this.rate, `${rate(perSecond)}/s`);
    text(this.why, reasonOf(backend, now));
    text(this.where, backend.lease ? `${backend.url}, lease ${backend.lease}` : backend.url);
    attribute(this.why.parentElement, 'title', `${this.why.textContent}\n${this.where.textContent}`);
    text(this.numbers.share, sum > 0 ? `${Math.round((100 * (perSecond ?? 0)) / sum)} %` : '–');
    text(this.numbers.in_flight, count(backend.in_flight));
    text(this.numbers.p50, millis(backend.p50_ms));
    text(this.numbers.p99, millis(backend.p99_ms));
    text(this.numbers.failures, count(backend.failures));
  }

  /** Swaps the buttons Drain and Resume; the focus follows. */
  #swap(draining) {
    const [shown, hidden] = draining ? [this.resume, this.drain] : [this.drain, this.resume];
    const focused = document.activeElement === hidden;
    shown.hidden = false;
    hidden.hidden = true;
    if (focused) {
      shown.focus();
    }
  }
}

function reasonOf(backend, now) {
  const check = backend.last_check;
  const age = passed(now - Date.parse(backend.since));
  const said = backend.reason === stateOf(backend.status).words; // already shown beside the name
  const reason = said ? `for ${age}` : `${backend.reason ?? backend.status}, ${age} ago`;
  const told = !check || check.good || String(backend.reason).includes(check.error);
  return told ? reason : `${reason}; last check: ${check.error}`;
}
