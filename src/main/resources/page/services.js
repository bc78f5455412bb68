/* The operator's actions on services: drain, resume, remove; and what more there is to know of one. */

import {confirmed} from './confirm.js';
import {ask} from './token.js';
import {isCancelled} from './waiting.js';

/**
 * Returns a function that runs an action on a backend; asks for confirmation before removing it.
 *
 * @param tell announces the result
 */
export function operating(tell) {
  return async (action, backend, title) => {
    const {path, instance} = placeOf(backend);
    if (action === 'remove') {
      if (await confirmed(removal(backend, title))) {
        const answer = await call('DELETE', path + instance, null, `remove ${title}`);
        tell(answer.ok ? 'served' : 'failed', answer.ok ? `${title} was removed.` : answer.words);
      }
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

/** Returns the question whether to remove a service. */
const removal = (backend, title) => ({
  title: `Remove ${title}?`,
  details: [
    'It gets no more requests; those under way finish. '
      + (backend.lease
        ? 'It renews a lease, so it will register again unless it is stopped. To keep it out, drain it.'
        : 'To add it again, register it.'),
  ],
  yes: {words: 'Remove', action: 'confirm-remove', tone: 'danger'},
  no: 'Keep it',
});

/** Asks for the details of a backend; returns the same as call. */
export function detailsOf(backend) {
  const {path, instance} = placeOf(backend);
  return call('GET', path + instance, null, `the details of ${backend.name}`);
}

/**
 * Calls the gateway; returns {ok, body, words, cancelled}: the answer, or the reason why there is none.
 *
 * @param what names the call for the user
 */
export async function call(method, path, json, what) {
  try {
    const headers = json ? {'Content-Type': 'application/json'} : {};
    const response = await ask(path, {method, headers, body: json ? JSON.stringify(json) : undefined}, what);
    const text = await response.text();
    const body = text ? JSON.parse(text) : null;
    return {ok: response.ok, body, words: body?.detail ?? body?.title ?? `The gateway answered ${response.status}.`};
  } catch (failure) {
    const cancelled = isCancelled(failure);
    const words = cancelled ? 'Cancelled; the gateway may have done it all the same.' : "The gateway can't be reached.";
    return {ok: false, body: null, words, cancelled};
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
