/* Which gateway this is, the Redis and the other gateways with which it shares, and its certificate. */

import {byId, el, tag} from './dom.js';
import {moment, plural} from './format.js';

const SOON_DAYS = 14; // time enough to get a new certificate
const MOST_NAMES = 5;

export function identity() {
  const list = byId('gateway-facts');
  let shown = '';

  /** @param gateway the state event's field of that name */
  function show(gateway) {
    const news = JSON.stringify(gateway ?? null);
    if (news === shown) {
      return; // as nearly always; what somebody has selected stays selected
    }
    shown = news;
    byId('gateway').hidden = !gateway;
    list.replaceChildren(...(gateway ? facts(gateway) : []));
  }

  return {show};
}

function facts(gateway) {
  return [
    fact('this', 'This gateway', self(gateway)),
    gateway.redis ? fact('redis', 'Redis', redis(gateway.redis)) : null,
    gateway.certificate ? fact('certificate', 'Certificate', certificate(gateway.certificate)) : null,
    gateway.peers.length > 0 ? fact('peers', 'Other gateways', peers(gateway)) : null,
  ].filter((one) => one !== null);
}

const fact = (name, label, content) => el('div', {'data-fact': name}, el('dt', {}, label), el('dd', {}, content));

const part = (words, title) => el('span', {title}, words);

/** Returns a gateway's address; its id before it has one. */
const nameOf = ({address, id}) => el('strong', {}, address || id);

function self(gateway) {
  return [
    nameOf(gateway),
    part(`id ${gateway.id}`, 'random, made when it started'),
    part(`version ${gateway.version}`),
    part(`Java ${gateway.java}`),
    part(`since ${moment(gateway.since)}`, gateway.since),
  ];
}

function redis({url, answers, since}) {
  return [
    el('span', {class: 'ink'}, url),
    answers ? tag('served', 'answers') : tag('failed', "doesn't answer"),
    part(`since ${moment(since)}`, since),
    answers ? null : part('The list stays as it is here, changes are queued.'),
  ];
}

function certificate({names, more_names: unlisted = 0, issuer, valid_until: end, days_left: days}) {
  const more = names.length + unlisted - MOST_NAMES;
  return [
    el('strong', {title: names.join(', ') + (unlisted > 0 ? ` and ${unlisted} more` : '')}, names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')),
    part(`by ${issuer}`, 'the CA that issued it'),
    part(`valid until ${moment(end)}`, end),
    days < 0 ? tag('failed', 'has ended: clients refuse it') : days < SOON_DAYS ? tag('limited', `ends soon: ${lasting(days)}`) : part(lasting(days)),
  ];
}

const lasting = (days) => (days === 0 ? 'less than a day left' : `${plural(days, 'day')} left`);

function peers({redis: shared, peers: others, total_gateways: total}) {
  const more = total - 1 - others.length;
  return [
    el('ul', {}, others.map((peer) => el('li', {'data-peer': peer.id},
      nameOf(peer),
      part(`id ${peer.id}`),
      part(`version ${peer.version}`),
      part(`since ${moment(peer.since)}`, peer.since)))),
    more > 0 ? part(`and ${more} more`) : null,
    shared?.answers ? null : part('as last seen'),
  ];
}
