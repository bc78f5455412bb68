/* Finds services when there are many: by a part of the name or the URL, those that aren't healthy first, and how many
 * there are.
 */

import {look, looked} from './address.js';
import {byId, text} from './dom.js';
import {count, keyOf, plural} from './format.js';

/** @param list the list of the cards; while the user is in it, they don't change places */
export function serviceSearch(list) {
  const root = byId('service-search');
  const find = byId('find-service');
  const first = byId('unhealthy-first');
  let shown = []; // the keys, in the order in which they are shown

  find.value = looked('service');
  first.checked = looked('order') !== 'name';
  find.addEventListener('input', () => look({service: find.value.trim()}, false));
  first.addEventListener('input', () => {
    look({order: first.checked ? '' : 'name'}, false);
    shown = [];
  });
  addEventListener('popstate', () => {
    find.value = looked('service');
    first.checked = looked('order') !== 'name';
  });

  const isBusy = () => list.contains(document.activeElement) || list.matches(':hover');

  function ordered(services) {
    if (!first.checked) {
      return services;
    }
    const rank = isBusy() && shown.length > 0
      ? (service) => (shown.indexOf(keyOf(service)) + 1 || Infinity)
      : (service) => (service.status === 'healthy' ? 1 : 0);
    const ranks = new Map(services.map((service) => [service, rank(service)]));
    return [...services].sort((a, b) => (ranks.get(a) < ranks.get(b) ? -1 : ranks.get(a) > ranks.get(b) ? 1 : 0)); // stable
  }

  return {
    /**
     * Returns the services to show, in their order.
     *
     * @param few up to so many are shown as they are
     */
    of(services, few) {
      root.hidden = services.length <= few;
      if (root.hidden) {
        return services;
      }
      const wanted = find.value.trim().toLowerCase();
      const found = services.filter(({name, url}) => name.toLowerCase().includes(wanted) || url.toLowerCase().includes(wanted));
      const healthy = services.filter(({status}) => status === 'healthy').length;
      const parts = [`${plural(services.length, 'service')}, ${count(healthy)} healthy`];
      if (wanted !== '') {
        parts.push(found.length === 0 ? 'none matches' : `${count(found.length)} match${found.length === 1 ? 'es' : ''}`);
      }
      text(byId('services-count'), `${parts.join('; ')}.`);
      const result = ordered(found);
      shown = result.map(keyOf);
      return result;
    },
  };
}
