/* What a viewer sees who is no operator: what the gateway shows to everybody, read every few seconds. Where it shows
 * nothing, the page says so, rather than that there is nothing.
 */

import {urlOf} from './mount.js';
const PAUSE_MS = 2000;
const LONGEST_MS = 5000; // for an answer

/**
 * @param show called with the state, in the form of a state event; what is for operators is missing in it
 * @param answers called with whether the gateway answers, each time when it was asked
 * @returns start() and stop()
 */
export function visitor(show, answers) {
  let visit = 0; // the present one's number; 0 without one
  let visits = 0;

  async function look(mine) {
    while (mine === visit) {
      if (!document.hidden) {
        const state = await read().catch(() => null);
        if (mine !== visit) {
          return;
        }
        answers(state !== null);
        if (state) {
          show(state);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  return {
    start() {
      markPrivate(true);
      visit = ++visits;
      look(visit);
    },
    stop() {
      markPrivate(false);
      visit = 0;
    },
  };
}

/** Says of each part of the page that is for operators that it is, or shows it. */
function markPrivate(isPrivate) {
  for (const part of document.querySelectorAll('[data-operators]')) {
    part.classList.toggle('private', isPrivate);
    part.querySelector('.operators-only').hidden = !isPrivate;
  }
}

async function read() {
  const [overview, stats, services] = await Promise.all(['/', '/stats', '/services'].map(get));
  const {rate_limiting: limit, totals} = stats;
  return {
    time: stats.timestamp,
    version: overview.version,
    status: overview.status,
    started: totals.since,
    limit: limit.limit === 'off' ? null : {
      policy: services.rate_limiting,
      store: limit.store,
      clients: totals.clients_remembered,
      allowed: totals.requests - totals.limited - (totals.exempt ?? 0),
      refused: totals.limited,
    },
    balancer: {name: stats.load_balancing.algorithm},
    totals: {requests: totals.requests, limited: totals.limited},
    in_flight: services.services.reduce((sum, service) => sum + service.in_flight, 0),
    latency: {},
    last_minute: sumOf(services.services.map((service) => service.last_minute)),
    routes: stats.routes && routesOf(stats.routes, services.services),
    backends: services.services,
  };
}

async function get(path) {
  const response = await fetch(urlOf(path), {headers: {Accept: 'application/json'}, cache: 'no-store', signal: AbortSignal.timeout(LONGEST_MS)});
  if (!response.ok) {
    throw new Error(`${path}: ${response.status}`);
  }
  return response.json();
}

/** Returns the sums of counts by class. */
function sumOf(counts) {
  const sums = {};
  for (const [name, n] of counts.flatMap((each) => Object.entries(each ?? {}))) {
    sums[name] = (sums[name] ?? 0) + n;
  }
  return sums;
}

function routesOf(routes, services) {
  const number = (name, isMeant) => services.filter((service) => (service.route ?? 'default') === name && isMeant(service)).length;
  return {
    total: routes.length,
    found: routes.length,
    unavailable: routes.filter((route) => route.total_services > 0 && route.healthy_services === 0).length,
    strays: 0,
    shown: routes.map((route) => ({
      name: route.name,
      algorithm: route.algorithm,
      services: route.total_services,
      available: route.healthy_services,
      unhealthy: number(route.name, ({status}) => status === 'unhealthy'),
      far_more_errors: number(route.name, (service) => service.far_more_errors === true),
      next: null,
      totals: {limited: route.limited, failed: route.failed},
    })),
  };
}
