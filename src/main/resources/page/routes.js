/* The routes, while there are several: each with what it takes and how, and the cards of its services, which can be
 * folded away. Of many routes the gateway sends only some; the user finds the others by a part of their name.
 */

import {look as putIntoUrl, looked} from './address.js';
import {Cards} from './cards.js';
import {attribute, byId, el, shape, text} from './dom.js';
import {count, plural, rate} from './format.js';
import {oneStop} from './lists.js';
import {urlOf} from './mount.js';
import {OUTCOMES} from './totals.js';

const FEW = 6; // up to this many routes are unfolded at first, and need no search
const PAUSE_MS = 400; // after the last key

/**
 * @param act called with an action on a backend
 * @param look called with a part of the name, path or host of the routes that the user looks for
 * @param moved called when the user has folded or unfolded a route
 */
export function routeList(act, look, moved) {
  const root = byId('routes');
  const list = byId('route-list');
  const find = byId('find-route');
  const groups = new Map(); // by name
  const folded = new Map(); // what the user has folded (true) or unfolded (false)
  let typing = 0;
  oneStop(list, '.route-head', '[data-action=fold]');

  find.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      putIntoUrl({find: find.value.trim()}, false);
      look(find.value.trim());
    }, PAUSE_MS);
  });
  addEventListener('popstate', () => {
    find.value = looked('find');
    look(find.value);
  });
  find.value = looked('find');

  /** Shows the routes; returns whether something came, went or moved. */
  function show(state, rates, now) {
    const routes = state.routes?.shown ?? [];
    root.hidden = state.routes === undefined;
    text(byId('backends-title'), state.routes ? 'Routes' : 'Services');
    const names = new Set(routes.map((route) => route.name));
    let changed = false;
    for (const [name, group] of groups) {
      if (!names.has(name)) {
        remove(name, group);
        changed = true;
      }
    }
    const services = Map.groupBy(state.backends, (backend) => backend.route ?? 'default');
    routes.forEach((route, index) => {
      let group = groups.get(route.name);
      if (!group) {
        group = new Group(route.name, act, fold);
        group.fold(folded.get(route.name) ?? state.routes.total > FEW);
        groups.set(route.name, group);
        changed = true;
      }
      if (list.children[index] !== group.element) {
        list.insertBefore(group.element, list.children[index] ?? null);
        changed = true;
      }
      changed = group.show(route, services.get(route.name) ?? [], rates, now) || changed;
    });
    if (state.routes) {
      words(state.routes);
    }
    return changed;
  }

  function words({total, found, unavailable, strays, shown}) {
    find.parentElement.hidden = total <= FEW && find.value === '';
    root.classList.toggle('lots', total > FEW);
    const parts = [];
    if (found < total) {
      parts.push(found === 0 ? `None of ${count(total)} routes matches.` : `${count(found)} of ${count(total)} routes match.`);
    }
    if (shown.length < found) {
      parts.push(`${count(shown.length)} are shown: those without a healthy service, then the busiest.`);
    }
    if (strays > 0) {
      parts.push(`${plural(strays, 'service')} for a route that is gone: no requests go there.`);
    }
    text(byId('routes-words'), parts.join(' '));
    byId('routes-words').hidden = parts.length === 0;
    const trouble = byId('routes-trouble');
    trouble.hidden = unavailable === 0;
    text(trouble.lastElementChild, `${plural(unavailable, 'route')} without a healthy service`);
  }

  function fold(group) {
    folded.set(group.name, group.isUnfolded());
    group.fold(group.isUnfolded());
    moved();
  }

  function remove(name, group) {
    const focused = group.element.contains(document.activeElement);
    group.element.remove();
    groups.delete(name);
    if (focused) {
      (find.offsetParent ? find : byId('main')).focus();
    }
  }

  return {show, elements: () => [...groups.values()].map((group) => group.element)};
}

let groupsMade = 0; // for ids

/** A route with its services. */
class Group {
  constructor(name, act, onFold) {
    this.name = name;
    const id = `route-${++groupsMade}`;
    this.rate = el('span', {class: 'lead'});
    this.match = el('code', {class: 'match'});
    this.state = el('span', {class: 'state'});
    this.unhealthy = warning('failed');
    this.farMore = warning('error');
    this.policy = el('span');
    this.health = el('span');
    this.next = el('span', {class: 'next'});
    this.numbers = {};
    this.toggle = el('button', {type: 'button', class: 'quiet', 'aria-controls': `${id}-services`, 'data-action': 'fold'});
    this.toggle.addEventListener('click', () => onFold(this));
    this.list = el('ul', {class: 'pool-list'});
    this.more = el('a', {class: 'more', href: urlOf(`/services?route=${encodeURIComponent(name)}`)});
    const how = name === 'default' ? [] : [' with ', el('code', {}, `"route":"${name}"`)];
    this.none = el('p', {class: 'why muted'}, 'Until a service registers', ...how, ', every request gets a 503.');
    this.pool = el('div', {class: 'pool', id: `${id}-services`}, this.list, this.more);
    oneStop(this.list, '.backend', 'button, summary');
    this.cards = new Cards(this.list, act, 'h5', () => this.toggle);
    this.element = el(
      'li',
      {class: 'route', 'data-route': name, 'data-key': `route:${name}`, 'aria-labelledby': id},
      el('div', {class: 'route-head'},
        this.rate,
        el('div', {class: 'card'},
          el('div', {class: 'who'}, el('h4', {id}, name), this.match, this.state, this.unhealthy, this.next),
          this.farMore,
          el('p', {class: 'why muted'}, this.policy, this.health),
          el('dl', {class: 'numbers'}, ...OUTCOMES.slice(0, 3).map((outcome) => this.#number(outcome))),
          el('div', {class: 'buttons'}, this.toggle),
          this.none)),
      this.pool,
    );
  }

  #number(outcome) {
    this.numbers[outcome] = el('dd', {});
    return el('div', {title: `requests that were ${outcome} since the start`, 'data-number': outcome}, el('dt', {}, outcome), this.numbers[outcome]);
  }

  isUnfolded() {
    return !this.pool.hidden;
  }

  fold(away) {
    this.pool.hidden = away;
    attribute(this.toggle, 'aria-expanded', !away);
    this.#label();
  }

  #label() {
    const {services = 0} = this.route ?? {};
    const verb = this.isUnfolded() ? 'Hide' : 'Show';
    text(this.toggle, `${verb} ${plural(services, 'service')}`);
    attribute(this.toggle, 'aria-label', `${this.toggle.textContent} of ${this.name}`);
  }

  /** Returns whether cards came, went or moved, so that what is below has moved, too. */
  show(route, backends, rates, now) {
    this.route = route;
    text(this.rate, `${rate(rates.of(`route:${this.name}`))}/s`);
    const {match = '', limits, health} = route; // visitors aren't told
    text(this.match, match);
    text(this.policy, `${route.algorithm}; ${limits === undefined ? 'limits: for operators' : limits.length > 0 ? limits.join(', ') : 'no limit'}`);
    text(this.health, `checks: ${health ?? 'for operators'}`);
    this.#state(route);
    this.#warn(route);
    this.next.hidden = route.next === null;
    text(this.next, `next: ${route.next}`);
    for (const outcome in this.numbers) {
      const total = route.totals[outcome];
      text(this.numbers[outcome], total === undefined ? '–' : count(total));
    }
    this.toggle.hidden = route.services === 0;
    this.none.hidden = route.services > 0;
    this.more.hidden = backends.length >= route.services;
    text(this.more, `and ${count(route.services - backends.length)} more, as JSON`);
    this.#label();
    return this.cards.show(backends, {name: route.next, url: route.next_url}, rates, now);
  }

  /** Shows on the head what would else be seen on the cards alone, which may be folded away or too many to be shown. */
  #warn({services, available, unhealthy, far_more_errors: farMore}) {
    this.unhealthy.hidden = unhealthy === 0 || available === 0; // without a healthy one, the state says it all
    text(this.unhealthy.lastElementChild, `${count(unhealthy)} unhealthy`);
    this.farMore.hidden = farMore === 0;
    text(this.farMore.lastElementChild, `${count(farMore)} of ${plural(services, 'service')} ${farMore === 1 ? 'answers' : 'answer'} far more errors than the others`);
    attribute(this.element, 'data-errors', farMore > 0 ? '' : null);
  }

  #state({services, available}) {
    const status = services === 0 ? 'checking' : available === 0 ? 'unhealthy' : 'healthy';
    const tone = {checking: 'checking', unhealthy: 'failed', healthy: 'served'}[status];
    if (this.element.dataset.status !== status) {
      this.element.dataset.status = status;
      this.state.dataset.tone = tone;
      this.state.replaceChildren(el('span', {class: 'mark'}, shape(tone)), el('span', {class: 'words'}));
    }
    const words = services === 0 ? 'no service' : available === services ? `${count(available)} healthy` : `${count(available)} of ${count(services)} healthy`;
    text(this.state.lastElementChild, words);
  }
}

const warning = (tone) => el('span', {class: 'tag far-more', 'data-tone': tone, hidden: true}, shape(tone), el('span'));
