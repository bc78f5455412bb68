/* The page's table of contents: makes the parts, and hands each the events from the gateway. */

import {looked} from './address.js';
import {clientDialog} from './client.js';
import {attribute, byId, el, shape, text} from './dom.js';
import {keyOf, passed} from './format.js';
import {happenings} from './events.js';
import {identity} from './gateway.js';
import {departed} from './left.js';
import {here} from './mount.js';
import {requestList} from './requests.js';
import {limiter} from './limiter.js';
import {picture} from './picture.js';
import {plots} from './plots.js';
import {Rates} from './rates.js';
import {registering} from './register.js';
import {sending} from './send.js';
import {operating} from './services.js';
import {listen} from './tabs.js';
import {drawer} from './trace.js';
import {ask, forget, isAboutToken, signIn, tokens} from './token.js';
import {totals} from './totals.js';
import {visitor} from './visitor.js';
import {patientLinks} from './waiting.js';

const SAID = {
  connecting: () => 'connecting',
  waiting: () => 'still waiting for the gateway …',
  live: () => 'live',
  lost: (why) => `connection lost: ${why}`,
  refused: (why, response) => (isAboutToken(response) ? 'not signed in' : 'not an operator'),
  paused: () => 'paused while hidden',
};

const rates = new Rates();
const figures = totals();
const system = picture(operating(announce), look);
const openClient = clientDialog(async (client) => {
  await traces.close();
  requests.of(client);
}, announce);
const clients = limiter(openClient);
const charts = plots();
const happened = happenings();
const gone = departed();
const whoami = identity();
const requests = requestList((trace) => traces.open(trace));
const traces = drawer(requests, fetched, openClient);
const tryIt = sending((trace, opener) => traces.open(trace, opener), fetched);
const form = registering();
let said = ''; // of the connection
const visit = visitor(state, (answered) => text(byId('connection'), answered ? said : "the gateway can't be reached"));
text(byId('origin'), here());
tokens();
patientLinks(document.querySelectorAll('.top nav a'));

let followed = false; // whether the page has opened what its URL names
let part = looked('find'); // of the name, path or host of the routes to show
const reconnect = listen(() => `/dashboard/events${part ? `?route=${encodeURIComponent(part)}` : ''}`, {
  connection,
  history: charts.history,
  point: charts.point,
  hops: requests.add,
  events: happened.add,
  state,
});
byId('reconnect').addEventListener('click', () => reconnect());
byId('sign-in').addEventListener('click', async () => (await signIn()) && reconnect());

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
  attribute(byId('draining'), 'hidden', now.status === 'draining' ? null : '');
  figures.show(now, rates);
  system.show(now, rates, time);
  gone.show(now.left ?? [], time);
  whoami.show(now.gateway);
  clients.show(now.limit);
  charts.by(now.routes ? 'routes' : 'backends');
  requests.known();
  byId('events-empty').hidden = byId('events').children.length > 0;
  if (!followed && document.body.dataset.connection === 'live') {
    followed = true;
    traces.follow();
  }
  form.show(now.routes);
  tryIt.show(now.routes);
}

/** Looks for routes by a part of their name, path or host. */
function look(wanted) {
  if (wanted !== part) {
    part = wanted;
    reconnect();
  }
}

function connection(state, why, response) {
  const pill = byId('connection');
  said = SAID[state](why, response);
  text(pill, said);
  attribute(pill, 'data-state', state);
  attribute(document.body, 'data-connection', state);
  document.title = state === 'lost' ? '(connection lost) API Gateway' : 'API Gateway';
  byId('reconnect').hidden = state !== 'lost';
  if (state === 'refused') {
    refused(why, response);
  } else if (state === 'live') {
    byId('notice').hidden = true;
    byId('sign-in').hidden = true;
    visit.stop();
  }
}

/** Shows what everybody may see; says what is hidden, why, and what to do. */
function refused(why, response) {
  const withToken = isAboutToken(response);
  const hadToken = withToken && forget();
  byId('sign-in').hidden = !withToken;
  const button = withToken
    ? el('button', {type: 'button', 'data-action': 'sign-in'}, 'Sign in')
    : el('button', {type: 'button', 'data-action': 'try-again'}, 'Try again');
  button.addEventListener('click', () => (withToken ? byId('sign-in').click() : reconnect()));
  const words = withToken && !hadToken ? 'They sign in with the value of GATEWAY_ADMIN_TOKEN' : why;
  byId('notice').replaceChildren(el('p', {}, `Requests and clients are shown to operators only, and only they may change services. ${words}.`), button);
  byId('notice').hidden = false;
  visit.start();
}

/** Returns the trace with this id; tells the user if there is none. */
async function fetched(id) {
  const response = await ask(`/requests/${encodeURIComponent(id)}`, {}, 'the trace').catch(() => null);
  const answer = await response?.json().catch(() => ({}));
  if (response?.ok) {
    return answer;
  }
  announce('failed', answer?.detail ?? 'The trace of this request could not be read.');
  return undefined;
}

/** Announces the result of an action: to screen readers, and for a while at the bottom of the page. */
function announce(tone, words) {
  const toast = byId('toast');
  toast.replaceChildren(el('span', {class: 'tag', 'data-tone': tone}, shape(tone), el('span', {}, words)));
  toast.dataset.shown = '';
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => delete toast.dataset.shown, 6000);
}
