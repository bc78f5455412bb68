/* The services that left the list in the last ten minutes, greyed: which, when, why, and by whom. */

import {byId, el} from './dom.js';
import {by} from './events.js';
import {clock, fullName, keyOf, passed} from './format.js';

export function departed() {
  const list = byId('left');

  /** @param left the newest departure of each service that isn't back, the last one first */
  function show(left, now) {
    const shown = new Map([...list.children].map((item) => [item.dataset.left, item]));
    const items = left.map((service) => {
      const key = `${keyOf({...service, name: service.service})} ${service.time}`;
      const item = shown.get(key) ?? card(service, key);
      item.querySelector('.ago').textContent = `left at ${clock(service.time)}, ${passed(now - Date.parse(service.time))} ago`;
      return item;
    });
    if (items.length !== list.children.length || items.some((item, index) => item !== list.children[index])) {
      list.replaceChildren(...items);
    }
    list.parentElement.hidden = items.length === 0;
  }

  return {show};
}

function card(service, key) {
  return el(
    'li',
    {'data-left': key},
    el('strong', {}, fullName(service.route, service.service)),
    el('span', {}, service.url),
    el('span', {class: 'ago'}),
    el('span', {}, `${service.reason}, ${by(service)}`),
  );
}
