/* The form that registers a service. A name that other instances have is taken by one more only if the user wants that. */

import {confirmed} from './confirm.js';
import {byId, el, options, shape} from './dom.js';
import {clear, refuse} from './fields.js';
import {fullName, millis, plural, state as stateOf} from './format.js';
import {call} from './services.js';

const MOST_NAMED = 5; // of the instances in the question

export function registering() {
  const form = byId('register-form');
  const result = byId('register-result');
  const isAskedForRoute = () => !form.elements.route.closest('.field').hidden;
  let busy = false; // with one registration at a time

  async function register() {
    clear(form);
    const service = typed();
    say('checking', 'Looking whether the name is in use …');
    const {instances, cancelled} = await elsewhere(service, service.route ?? (isAskedForRoute() ? 'default' : null));
    if (cancelled || (instances.length > 0 && !(await confirmed(furtherInstance(service, instances))))) {
      say('abandoned', 'Not registered; nothing has changed.');
      return;
    }
    say('checking', 'Registering; the first check runs …');
    const answer = await call('POST', '/services', service, `register ${service.name}`);
    if (answer.ok) {
      const {name, outcome, status, note, after_restart: afterRestart} = answer.body;
      const {tone, words} = stateOf(status);
      say(tone, [`${name} was ${outcome} and is ${words}.`, probe(answer.body), replacing(answer.body), note, afterRestart].filter(Boolean).join(' '));
      form.reset();
      form.elements.name.focus();
    } else {
      const errors = answer.body?.errors ?? [];
      refuse(form, errors);
      say('failed', errors.length > 0 ? 'Not registered; see the fields above.' : answer.words);
    }
  }

  function typed() {
    const {name, url, lease, route} = form.elements;
    const service = {name: name.value.trim(), url: url.value.trim()};
    if (route.value.trim() && isAskedForRoute()) {
      service.route = route.value.trim();
    }
    if (lease.value.trim()) {
      service.lease = lease.value.trim();
    }
    return service;
  }

  function say(tone, words) {
    result.dataset.tone = tone;
    result.replaceChildren(shape(tone), el('span', {}, words));
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!busy) {
      busy = true;
      await register().finally(() => (busy = false));
    }
  });

  return {
    /** Asks for the route while there are several. */
    show(routes) {
      form.elements.route.closest('.field').hidden = routes === undefined;
      options(byId('route-names'), (routes?.shown ?? []).map((route) => route.name));
    },
  };
}

/** Describes the service's first health check. */
function probe(service) {
  const check = service.last_check;
  if (!check) {
    return 'It has not been checked yet.';
  }
  return check.good ? `Its check was good and took ${millis(check.latency_ms)}.` : `Its check was bad: ${check.error}.`;
}

/** Says whose place the service has taken, if anybody's. */
const replacing = ({replaced = []}) => replaced.map(({name, url}) => `It has taken the place of ${name} at ${url}.`).join(' ');

/* --- a name that is in use ---------------------------------------------------------------------------------------- */

/**
 * Returns the instances that the service has at other URLs; none if it has one at this URL, which is just renewed. If
 * the gateway doesn't tell, its answer to the registration itself will say why.
 *
 * @param route null if there is only one
 */
async function elsewhere({name, url}, route) {
  const own = normal(url);
  if (name === '' || own === null) {
    return {instances: []};
  }
  const query = route === null ? '' : `?route=${encodeURIComponent(route)}`;
  // The list, not /services/{name}: for a new name that is a 404, with which a browser fills its console.
  const {ok, body, cancelled} = await call('GET', `/services${query}`, null, `whether ${name} is in use`);
  const instances = ok ? body.services.filter((instance) => instance.name === name) : [];
  return {instances: instances.some((instance) => normal(instance.url) === own) ? [] : instances, cancelled};
}

/** Returns a service's URL as the gateway writes it: with a port, and without a slash at the end; null if it is none. */
function normal(text) {
  try {
    const {protocol, hostname, port, pathname} = new URL(text);
    const usual = {'http:': 80, 'https:': 443}[protocol];
    return usual ? `${protocol}//${hostname}:${port || usual}${pathname.replace(/\/$/, '')}` : null;
  } catch {
    return null;
  }
}

/** Returns the question whether to add a further instance: the gateway replaces none of those that there are. */
function furtherInstance({name, url, route}, instances) {
  const title = fullName(route, name);
  const other = instances.length === 1 ? 'other one' : 'others';
  const named = instances.slice(0, MOST_NAMED).map((instance) => `${instance.url} (${stateOf(instance.status).words})`);
  const more = instances.length - named.length;
  const end = instances.some((instance) => instance.lease) ? 'stop' : 'remove'; // one that renews a lease would be back
  return {
    title: `Add another instance of ${title}?`,
    details: [
      `${title} is registered at ${named.join(', ')}${more > 0 ? ` and ${plural(more, 'other URL')}` : ''}.`,
      `Under the same name, ${url} becomes a further instance and replaces nothing: after its first good check it gets requests, too.`,
      `To replace the ${other}, add this one and then ${end} the ${other}. To keep them apart, choose another name.`,
    ],
    yes: {words: 'Add it', action: 'confirm-add', tone: 'primary'},
    no: "Don't add it",
  };
}
