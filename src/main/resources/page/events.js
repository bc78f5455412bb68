/* What happened lately to services, routes and the gateway, the newest first. */

import {byId, el, tag} from './dom.js';
import {clock, fullName} from './format.js';

const MOST = 100;

const TONES = {
  registered: 'checking',
  moved: 'checking',
  healthy: 'served',
  unhealthy: 'failed',
  ejected: 'failed',
  marked: 'failed',
  unmarked: 'served',
  drained: 'draining',
  resumed: 'served',
  expired: 'failed',
  deregistered: 'abandoned',
  removed: 'abandoned',
  refused: 'failed',
  renewed: 'served',
  unsaved: 'failed',
  saved: 'served',
  lost: 'failed',
  back: 'served',
};

export function happenings() {
  const list = byId('events');
  const known = new Set(); // after a lost connection, the gateway tells again what it has told before

  /** Adds events, oldest first. */
  function add(events) {
    for (const event of events) {
      const key = `${event.number} ${event.time}`; // a gateway that has restarted counts from 1 again
      if (!known.has(key)) {
        known.add(key);
        list.prepend(row(event, key));
      }
    }
    while (list.children.length > MOST) {
      known.delete(list.lastElementChild.dataset.event);
      list.lastElementChild.remove();
    }
    byId('events-empty').hidden = list.children.length > 0;
  }

  return {add};
}

function row(event, key) {
  return el(
    'li',
    {'data-event': key, 'data-kind': event.kind},
    el('time', {datetime: event.time, title: event.time, class: 'muted'}, clock(event.time)),
    tag(TONES[event.kind] ?? 'checking', event.kind),
    el('span', {class: 'subject'}, subject(event)),
    el('span', {class: 'what'}, event.reason),
    el('span', {class: 'who-did muted'}, by(event)),
  );
}

function subject({service, route, url}) {
  if (service) {
    return [el('strong', {}, fullName(route, service)), ' ', el('span', {class: 'muted'}, url)];
  }
  return route ? ['route ', el('strong', {}, route)] : 'the gateway';
}

/** Returns who made it happen, in words. */
export function by({who, address}) {
  const words = {
    gateway: 'by the gateway',
    service: 'by the service',
    operator: 'by an operator',
    'other-gateway': 'by another gateway',
    file: 'by a changed file',
  }[who] ?? `by ${who}`;
  return address ? `${words} at ${address}` : words;
}
