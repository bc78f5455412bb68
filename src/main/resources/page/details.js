/* The details of a service on its card. The gateway is asked for them only while they are open: they are long. */

import {attribute, el, shape, text} from './dom.js';
import {bytes, clock, count, millis} from './format.js';
import {detailsOf} from './services.js';

const AGAIN_MS = 2000;

export class Details {
  #summary = el('summary', {}, 'Details');
  #content = el('div', {});
  #backend;
  #askedAt = -Infinity;
  element = el('details', {class: 'more'}, this.#summary, this.#content);

  constructor() {
    this.element.addEventListener('toggle', () => this.#ask());
  }

  /** @param title what to call the service */
  label(title) {
    attribute(this.#summary, 'aria-label', `Details of ${title}`);
  }

  /** Shows this backend's, and from time to time how they are now. */
  show(backend) {
    this.#backend = backend;
    if (performance.now() - this.#askedAt >= AGAIN_MS) {
      this.#ask();
    }
  }

  async #ask() {
    if (!this.element.open) {
      return;
    }
    this.#askedAt = performance.now();
    const answer = await detailsOf(this.#backend);
    if (answer.ok) {
      this.#content.replaceChildren(...tell(answer.body));
    } else {
      text(this.#content, answer.words);
    }
  }
}

function tell(service) {
  const facts = [
    ['most in flight', 'the most requests under way at a time since it registered', count(service.peak_in_flight)],
    ['received', 'the bodies of requests that have ended', bytes(service.bytes_in)],
    ['sent', 'the bodies of answers', bytes(service.bytes_out)],
    ['abandoned', 'requests given up before an answer began, by no fault of the service: mostly because the client left', count(service.answers.abandoned)],
  ];
  const list = el('dl', {class: 'numbers'}, ...facts.map(([name, title, value]) => el('div', {title, 'data-detail': name}, el('dt', {}, name), el('dd', {}, value))));
  if (service.checks.length === 0) {
    return [list, el('p', {class: 'muted'}, 'There was no health check.')];
  }
  return [list, el('p', {class: 'checks-title'}, 'The latest health checks'), el('ol', {class: 'checks'}, ...service.checks.map(check))];
}

function check({time, good, error, latency_ms: took}) {
  const tone = good ? 'served' : 'failed';
  return el('li', {'data-tone': tone}, shape(tone), el('time', {datetime: time}, clock(time)), el('span', {class: 'ink'}, good ? 'good' : error), el('span', {class: 'muted'}, millis(took)));
}
