/* The page's table of contents: makes the parts, and hands each the events from the gateway. */

import {attribute, byId, el, shape, text} from './dom.js';
import {keyOf, passed} from './format.js';
import {happenings} from './events.js';
import {departed} from './left.js';
import {requestList} from './requests.js';
import {limiter} from './limiter.js';
import {picture} from './picture.js';
import {plots} from './plots.js';
import {Rates} from './rates.js';
import {sending} from './send.js';
import {operating, registering} from './services.js';
import {drawer} from './trace.js';
import {listen} from './stream.js';
import {tokens} from './token.js';
import {totals} from './totals.js';

const SAID = {
  lost: (why) => `connection lost: ${why}; will retry`,
  refused: () => 'for operators only',
};

const rates = new Rates();
const figures = totals();
const system = picture(operating(announce), look);
const clients = limiter();
const charts = plots();
const happened = happenings();
const gone = departed();
const requests = requestList((trace) => traces.open(trace));
const traces = drawer(requests);
const tryIt = sending((trace, opener) => traces.open(trace, opener));
const form = registering();
text(byId('origin'), location.origin);
tokens();

let looked = ''; // for which routes
const reconnect = listen(() => `/dashboard/events${looked ? `?route=${encodeURIComponent(looked)}` : ''}`, {
  connection,
  history: charts.history,
  point: charts.point,
  hops: requests.add,
  events: happened.add,
  state,
});

function state(now) {
  const time = Date.parse(now.time);
  const counts = {...now.totals};
  for (const backend of now.backends) {
    counts[`backend:${keyOf(backend)}`] = backend.requests;
  }
  for (const route of now.routes?.shown ?? []) {
    counts[`route:${route.name}`] = Object.values(route.totals).reduce((sum, n) => sum + n, 0);
  }
  rates.add(time, counts);
  text(byId('version'), now.version);
  text(byId('uptime'), `up ${passed(time - Date.parse(now.started))}`);
  byId('notice').hidden = now.status !== 'draining';
  text(byId('notice'), now.status === 'draining' ? 'The gateway is draining: it finishes the requests under way and accepts no new connections.' : '');
  figures.show(now, rates);
  system.show(now, rates, time);
  gone.show(now.left ?? [], time);
  clients.show(now.limit);
  charts.by(now.routes ? 'routes' : 'backends');
  form.show(now.routes);
  tryIt.show(now.routes);
}

/** Looks for routes by a part of their name, path or host. */
function look(part) {
  if (part !== looked) {
    looked = part;
    reconnect();
  }
}

function connection(state, why) {
  const pill = byId('connection');
  text(pill, SAID[state]?.(why) ?? state);
  if (state === 'refused') {
    refused(why);
  } else if (state === 'connecting') {
    byId('notice').hidden = true;
  }
  attribute(pill, 'data-state', state);
  attribute(document.body, 'data-connection', state);
  document.title = state === 'lost' ? '(connection lost) API Gateway' : 'API Gateway';
}

/** Shows which data is hidden, and why. */
function refused(why) {
  const again = el('button', {type: 'button', 'data-action': 'try-again'}, 'Try again');
  again.addEventListener('click', () => reconnect());
  byId('notice').replaceChildren(el('p', {}, "Requests, clients and services are hidden here, and changes are refused. ", why, '.'), again);
  byId('notice').hidden = false;
}

/** Announces the result of an action: to screen readers, and for a while at the bottom of the page. */
function announce(tone, words) {
  const toast = byId('toast');
  toast.replaceChildren(el('span', {class: 'tag', 'data-tone': tone}, shape(tone), el('span', {}, words)));
  toast.dataset.shown = '';
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => delete toast.dataset.shown, 6000);
}
