/* The operator's actions on services: register, drain, resume, remove; and what more there is to know of one. */

import {byId, el, options, shape} from './dom.js';
import {clear, refuse} from './fields.js';
import {millis, state as stateOf} from './format.js';
import {ask} from './token.js';
import {isCancelled} from './waiting.js';

/* --- registering -------------------------------------------------------------------------------------------------- */

export function registering() {
  const form = byId('register-form');
  const result = byId('register-result');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clear(form);
    const {name, url, lease, route} = form.elements;
    const service = {name: name.value.trim(), url: url.value.trim()};
    if (route.value.trim() && !route.closest('.field').hidden) {
      service.route = route.value.trim();
    }
    if (lease.value.trim()) {
      service.lease = lease.value.trim();
    }
    say(result, 'checking', 'Registering; the first check runs …');
    const answer = await call('POST', '/services', service, `register ${service.name}`);
    if (answer.ok) {
      const {tone, words} = stateOf(answer.body.status);
      say(result, tone, `${answer.body.name} was ${answer.body.outcome} and is ${words}. ${probe(answer.body)} ${answer.body.note ?? ''} ${answer.body.after_restart ?? ''}`);
      form.reset();
      name.focus();
    } else {
      const errors = answer.body?.errors ?? [];
      refuse(form, errors);
      say(result, 'failed', errors.length > 0 ? 'Not registered; see the fields above.' : answer.words);
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

/* --- drain, resume, remove ---------------------------------------------------------------------------------------- */

/**
 * Returns a function that runs an action on a backend; asks for confirmation before removing it.
 *
 * @param tell announces the result
 */
export function operating(tell) {
  const confirm = confirmation();

  return async (action, backend, title) => {
    const {path, instance} = placeOf(backend);
    if (action === 'remove') {
      confirm(backend, title, async () => {
        const answer = await call('DELETE', path + instance, null, `remove ${title}`);
        tell(answer.ok ? 'served' : 'failed', answer.ok ? `${title} was removed.` : answer.words);
      });
      return;
    }
    const what = action === 'move' ? `drain${instance}&sessions=move` : action + instance;
    const answer = await call('POST', `${path}/${what}`, null, action === 'move' ? `move the clients of ${title}` : `${action} ${title}`);
    const done = {
      drain: 'is draining: it gets no new requests.',
      move: 'is draining, and clients that were bound to it go elsewhere.',
      resume: 'gets requests again.',
    }[action];
    tell(answer.ok ? 'served' : 'failed', answer.ok ? `${title} ${done}` : answer.words);
  };
}

/** Makes a modal dialog: the keyboard stays in it, Escape closes it, and the focus goes back afterwards. */
function confirmation() {
  const dialog = byId('confirm');
  const title = el('h2', {id: 'confirm-title'});
  const detail = el('p', {});
  const yes = el('button', {type: 'button', class: 'danger', 'data-action': 'confirm-remove'}, 'Remove');
  const no = el('button', {type: 'button', 'data-action': 'keep'}, 'Keep it');
  dialog.append(title, detail, el('div', {class: 'buttons'}, yes, no));
  let then = null;

  yes.addEventListener('click', () => {
    dialog.close();
    then();
  });
  no.addEventListener('click', () => dialog.close());

  return (backend, name, action) => {
    then = action;
    title.textContent = `Remove ${name}?`;
    detail.textContent = backend.lease
      ? 'It gets no more requests; those under way finish. It renews a lease, so it will register again unless it is stopped. To keep it out, drain it.'
      : 'It gets no more requests; those under way finish. To add it again, register it.';
    dialog.showModal();
    no.focus();
  };
}

/** Asks for the details of a backend; returns the same as call. */
export function detailsOf(backend) {
  const {path, instance} = placeOf(backend);
  return call('GET', path + instance, null, `the details of ${backend.name}`);
}

/* --- calling the gateway ------------------------------------------------------------------------------------------ */

/**
 * Calls the gateway; returns {ok, body, words}: the answer, or the reason why there is none.
 *
 * @param what names the call for the user
 */
async function call(method, path, json, what) {
  try {
    const headers = json ? {'Content-Type': 'application/json'} : {};
    const response = await ask(path, {method, headers, body: json ? JSON.stringify(json) : undefined}, what);
    const text = await response.text();
    const body = text ? JSON.parse(text) : null;
    return {ok: response.ok, body, words: body?.detail ?? body?.title ?? `The gateway answered ${response.status}.`};
  } catch (failure) {
    const words = isCancelled(failure) ? 'Cancelled; the gateway may have done it all the same.' : "The gateway can't be reached.";
    return {ok: false, body: null, words};
  }
}

/** Returns the path of a service, and the query that means this instance, not its namesakes. */
function placeOf(backend) {
  const route = backend.route ? `&route=${encodeURIComponent(backend.route)}` : '';
  return {
    path: `/services/${encodeURIComponent(backend.name)}`,
    instance: `?instance=${encodeURIComponent(backend.instance)}${route}`,
  };
}

function say(element, tone, words) {
  element.dataset.tone = tone;
  element.replaceChildren(shape(tone), el('span', {}, words));
}
