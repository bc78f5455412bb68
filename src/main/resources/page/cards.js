/* A card for each backend of a list: what is known of it, and the operator's actions. */

import {Details} from './details.js';
import {attribute, el, shape, text} from './dom.js';
import {ANSWERS, count, errors, fullName, keyOf, left, millis, passed, rate, share, state as stateOf} from './format.js';

let cardsMade = 0; // for ids

/** The cards in one list. They are made once and changed in place, so that focus and hover stay. */
export class Cards {
  #list;
  #act;
  #heading;
  #beyond;
  #cards = new Map(); // by their keys

  /**
   * @param act called with an action (drain, resume, remove), its backend, and what to call that
   * @param heading the element of a card's heading
   * @param beyond returns what gets the focus when the last card goes while it has it
   */
  constructor(list, act, heading, beyond) {
    this.#list = list;
    this.#act = act;
    this.#heading = heading;
    this.#beyond = beyond;
  }

  /**
   * Shows these backends; returns whether cards came, went or moved.
   *
   * @param next {name, url} of the one that would be chosen next
   */
  show(backends, next, rates, now) {
    const keys = new Set(backends.map(keyOf));
    const gone = [...this.#cards.keys()].filter((key) => !keys.has(key));
    gone.forEach((key) => this.#remove(key));
    let changed = gone.length > 0;
    const sum = backends.reduce((all, backend) => all + (rates.of(`backend:${keyOf(backend)}`) ?? 0), 0);
    backends.forEach((backend, index) => {
      const key = keyOf(backend);
      let card = this.#cards.get(key);
      if (!card) {
        card = new Card(backend, this.#act, this.#heading);
        this.#cards.set(key, card);
        changed = true;
      }
      if (this.#list.children[index] !== card.element) {
        this.#list.insertBefore(card.element, this.#list.children[index] ?? null);
        changed = true;
      }
      card.label(backends.some((other) => other.name === backend.name && other.url !== backend.url));
      card.show(backend, rates.of(`backend:${key}`), sum, next.name === backend.name && next.url === backend.url, now);
    });
    return changed;
  }

  get elements() {
    return [...this.#cards.values()].map((card) => card.element);
  }

  /** Removes a card. If it had the focus, a neighbour gets it, rather than the top of the page. */
  #remove(key) {
    const {element} = this.#cards.get(key);
    const focused = element.contains(document.activeElement);
    const neighbour = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    this.#cards.delete(key);
    if (focused) {
      (neighbour?.querySelector('button:not([hidden])') ?? this.#beyond()).focus();
    }
  }
}

class Card {
  constructor(backend, act, heading) {
    this.backend = backend;
    this.rate = el('span', {class: 'lead'});
    this.mark = el('span', {class: 'mark'});
    this.state = el('span', {class: 'words'});
    this.weight = el('span', {class: 'weight muted', hidden: true});
    this.warming = el('span', {class: 'weight muted', hidden: true}, 'warming up');
    this.next = el('span', {class: 'next', hidden: true}, 'next');
    this.why = el('span', {class: 'reason-words'});
    this.where = el('span', {class: 'where'});
    this.farMore = el('p', {class: 'tag far-more', 'data-tone': 'error', hidden: true}, shape('error'), el('span', {}, 'answers far more errors than the others'));
    this.numbers = {};
    this.answers = {};
    this.details = new Details();
    this.drain = this.#button('drain', 'Drain', act);
    this.resume = this.#button('resume', 'Resume', act);
    this.resume.hidden = true;
    this.move = this.#button('move', 'Move clients', act);
    this.move.hidden = true;
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
          el(heading, {id}, backend.name),
          el('span', {class: 'state'}, this.mark, this.state),
          this.weight,
          this.warming,
          this.next),
        el('p', {class: 'why muted'}, this.why, this.where),
        this.farMore,
        el('dl', {class: 'numbers'},
          this.#number('share', 'share', 'of the requests in the last three seconds'),
          this.#number('rate', 'rate', 'requests per second, over the last three seconds'),
          this.#number('in_flight', 'in flight', 'requests under way'),
          this.#number('p50', 'p50', 'median latency'),
          this.#number('p99', 'p99', '99th percentile of latency'),
          this.#number('errors', 'errors', 'in the last minute: 5xx or no complete answer, and which part of its requests that is')),
        this.#classes(),
        el('div', {class: 'buttons'}, this.drain, this.resume, this.move, this.remove),
        this.details.element,
      ),
    );
  }

  #number(key, label, title) {
    this.numbers[key] = el('dd', {});
    return el('div', {title, 'data-number': key}, el('dt', {}, label), this.numbers[key]);
  }

  /** Returns the list of its answers by class. */
  #classes() {
    const entries = Object.entries(ANSWERS).map(([name, words]) => {
      this.answers[name] = el('dd', {});
      return el('div', {'data-answer': name}, el('dt', {}, words), this.answers[name]);
    });
    return el('dl', {class: 'classes', title: 'its answers since it registered, by class of status; none: no complete answer'}, ...entries);
  }

  #button(action, label, act) {
    const button = el('button', {type: 'button', class: 'quiet', 'data-action': action}, label);
    button.addEventListener('click', () => act(action, this.backend, this.title));
    return button;
  }

  /** @param several whether the service has other instances, so that its name alone doesn't say which is meant */
  label(several) {
    const {name, url, route} = this.backend;
    this.title = several ? `${fullName(route, name)} at ${url}` : fullName(route, name);
    this.details.label(this.title);
    for (const button of [this.drain, this.resume, this.move, this.remove]) {
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
    }
    this.#swap(backend.draining === true);
    const lasting = backend.status === 'healthy' || backend.status === 'unhealthy';
    text(this.state, lasting ? `${words} for ${passed(now - Date.parse(backend.since))}` : words);
    attribute(this.weight, 'hidden', backend.weight === undefined ? '' : null);
    text(this.weight, `weight ${backend.weight}`);
    attribute(this.warming, 'hidden', backend.warming_up_ms === undefined ? '' : null);
    attribute(this.warming, 'title', `gets less than its share for ${left(backend.warming_up_ms ?? 0)} more`);
    this.#offerToMove(backend.sessions === 'stay');
    attribute(this.next, 'hidden', next ? null : '');
    attribute(this.element, 'data-next', next ? '' : null);
    text(this.rate, `${rate(perSecond)}/s`);
    text(this.why, reasonOf(backend, now));
    text(this.where, backend.lease ? `${backend.url}, lease ${backend.lease}` : backend.url);
    attribute(this.why.parentElement, 'title', `${this.why.textContent}\n${this.where.textContent}`);
    text(this.numbers.share, sum > 0 ? `${Math.round((100 * (perSecond ?? 0)) / sum)} %` : '–');
    text(this.numbers.rate, `${rate(perSecond)}/s`);
    text(this.numbers.in_flight, count(backend.in_flight));
    text(this.numbers.p50, millis(backend.p50_ms));
    text(this.numbers.p99, millis(backend.p99_ms));
    this.#showAnswers(backend);
    this.details.show(backend);
  }

  #showAnswers({answers, last_minute: lately, far_more_errors: farMore}) {
    const bad = errors(lately);
    text(this.numbers.errors, bad > 0 ? `${count(bad)} · ${share(bad, lately)}` : '0');
    attribute(this.numbers.errors, 'data-tone', bad > 0 ? 'error' : null);
    for (const [name, value] of Object.entries(this.answers)) {
      const n = answers?.[name] ?? 0;
      text(value, count(n));
      attribute(value, 'data-tone', n === 0 ? null : ({'5xx': 'error', none: 'none'}[name] ?? null));
    }
    attribute(this.farMore, 'hidden', farMore ? null : '');
    attribute(this.element, 'data-errors', farMore ? '' : null);
  }

  /** Offers to move the clients that a cookie binds to it; once they move, the focus goes on to the next button. */
  #offerToMove(possible) {
    const focused = document.activeElement === this.move;
    this.move.hidden = !possible;
    if (focused && !possible) {
      (this.resume.hidden ? this.drain : this.resume).focus();
    }
  }

  /** Swaps the buttons Drain and Resume; the focus follows. */
  #swap(draining) {
    const [shown, hidden] = draining ? [this.resume, this.drain] : [this.drain, this.resume];
    if (!shown.hidden) {
      return;
    }
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
  const lasting = backend.status === 'healthy' || backend.status === 'unhealthy'; // its age is beside the name
  const said = backend.reason === stateOf(backend.status).words; // already shown beside the name
  const age = passed(now - Date.parse(backend.since));
  const reason = said ? `for ${age}` : lasting ? String(backend.reason ?? '') : `${backend.reason ?? backend.status}, ${age} ago`;
  const told = !check || check.good || String(backend.reason).includes(check.error);
  return told ? reason : `${reason}; last check: ${check.error}`;
}
