/* The clients nearest to their limit, with a countdown to when each may send again. */

import {attribute, byId, el, text} from './dom.js';
import {isAddress} from './client.js';
import {left} from './format.js';
import {oneStop} from './lists.js';

const MOST_PIPS = 20; // up to this limit each request is a pip; above it there is one bar

/** @param open called with a client and its route, if there are several, when the user opens it */
export function limiter(open) {
  const list = byId('limiter');
  oneStop(list, 'li', 'button');
  const rows = new Map();

  function show(limit) {
    const received = performance.now();
    const nearest = limit?.nearest ?? [];
    text(byId('limiter-words'), limit ? words(limit) : '');
    text(byId('limiter-empty'), limit ? 'No client has used any of its limit lately.' : 'No limit is set.');
    byId('limiter-empty').hidden = nearest.length > 0;
    const keys = new Set(nearest.map(keyOf));
    for (const [key, row] of rows) {
      if (!keys.has(key)) {
        row.element.remove();
        rows.delete(key);
      }
    }
    nearest.forEach((entry, index) => {
      let row = rows.get(keyOf(entry));
      if (!row) {
        row = new Row(entry, open);
        rows.set(keyOf(entry), row);
      }
      if (list.children[index] !== row.element) {
        list.insertBefore(row.element, list.children[index] ?? null);
      }
      row.show(entry, received);
    });
  }

  setInterval(() => rows.forEach((row) => row.tick(performance.now())), 250);
  return {show};
}

/* With Redis, the policy is that of all gateways; the rows show only what passed this gateway. */
function words({policy, store}) {
  return store === 'redis' ? `${policy} over all gateways (redis); shown: this gateway` : store === 'memory' ? policy : `${policy}, ${store}`;
}

/** A client may be near several limits, of a route or of several; a limit that is changed gets another row. */
const keyOf = ({route, client, limit}) => `${route ?? ''} ${client} ${limit}`;

class Row {
  constructor({route, client, limit}, open) {
    this.limit = limit;
    this.pips = limit <= MOST_PIPS ? Array.from({length: limit}, () => el('span')) : null;
    this.fill = el('span', {class: 'fill'});
    this.meter = el(
      'div',
      {class: this.pips ? 'pips' : 'bar', role: 'meter', 'aria-label': `Used by ${client}${route ? ` of ${route}` : ''}`, 'aria-valuemin': 0, 'aria-valuemax': limit},
      this.pips ?? this.fill,
    );
    this.used = el('span', {class: 'used'});
    this.free = el('span', {class: 'free'});
    const name = isAddress(client) ? el('button', {type: 'button', class: 'open', 'aria-haspopup': 'dialog'}, client) : client;
    if (name !== client) {
      name.addEventListener('click', () => open(client, route));
    }
    const who = el('span', {class: 'client'}, name, route ? [' ', el('span', {class: 'of muted'}, route)] : null);
    this.element = el('li', {'data-client': client}, who, this.meter, this.used, this.free);
  }

  show(entry, received) {
    this.entry = entry;
    this.received = received;
    text(this.used, `${entry.used} of ${this.limit}`);
    attribute(this.meter, 'aria-valuenow', Math.min(entry.used, this.limit));
    attribute(this.element, 'data-tone', entry.remaining === 0 ? 'limited' : 'served');
    this.pips?.forEach((pip, i) => attribute(pip, 'class', i < entry.used ? 'on' : null));
    this.fill.style.width = `${Math.min(100, (100 * entry.used) / this.limit)}%`;
    this.tick(received);
  }

  tick(now) {
    const since = now - this.received;
    const wait = this.entry.next_free_in_ms - since;
    if (this.entry.remaining > 0) {
      const all = this.entry.all_free_in_ms - since;
      text(this.free, all > 0 ? `all free in ${left(all)}` : 'all free');
    } else {
      text(this.free, wait > 0 ? `free in ${left(wait)}` : 'free now');
    }
  }
}
