/* The admin token, if the gateway requires one. The user signs in with it; the page keeps it for this tab only, and
 * sends it with each of its requests to the gateway itself.
 */

import {byId, el, shape} from './dom.js';
import {urlOf} from './mount.js';
import {isCancelled, patiently} from './waiting.js';

const KEPT_AS = 'gateway-admin-token';

let token = kept();
let asking = null; // while the dialog is open: a promise of whether the user has signed in

function kept() {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch { // storage is disabled
    return null;
  }
}

/**
 * Works like fetch, but reads the whole answer, says so while the gateway lets the page wait, and asks the user to sign
 * in if that is necessary; returns the refusal if the user doesn't.
 *
 * @param what names the request for the user
 * @param place see patiently
 */
export async function ask(path, init = {}, what = `${init.method ?? 'GET'} ${path}`, place = undefined) {
  while (true) {
    const shown = token;
    const response = await patiently(what, (signal) =>
      whole(path, {...init, headers: {...init.headers, ...authorization()}, cache: 'no-store', signal}), place);
    if (!isAboutToken(response) || !(shown !== token || (await signIn(shown ? await reason(response) : '')))) {
      return response;
    }
  }
}

/** Returns the answer once all of it is here. */
async function whole(path, init) {
  const response = await fetch(urlOf(path), init);
  const body = await response.blob();
  const {status, statusText, headers} = response;
  return new Response(body.size > 0 ? body : null, {status, statusText, headers});
}

const reason = async (response) => (await response.clone().json().catch(() => ({}))).detail ?? '';

/** Returns the header with the token; no header without a token. */
export function authorization() {
  return token ? {Authorization: `Bearer ${token}`} : {};
}

/** Returns what tells this tab's token from others, and doesn't reveal it. Only where the browser has crypto.subtle. */
export async function fingerprint() {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token ?? ''));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Returns whether the gateway's answer is a refusal because of the token. Not for answers of services. */
export function isAboutToken(response) {
  return response.status === 401;
}

/**
 * Asks the user for the token until it is right; if the dialog is open already, waits for it.
 *
 * @param complaint why it is asked for again
 * @returns whether the user has signed in
 */
export function signIn(complaint = '') {
  asking ??= new Promise((resolve) => open(complaint, resolve)).finally(() => (asking = null));
  return asking;
}

function open(complaint, resolve) {
  const field = el('input', {id: 'token-field', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-complaint'});
  const note = el('p', {id: 'token-complaint', class: 'field-error', role: 'alert'});
  const waiting = el('div', {role: 'status'});
  const form = el('form', {method: 'dialog', class: 'stack'},
    el('h2', {id: 'token-title'}, 'Sign in'),
    el('p', {}, 'Operators see requests and clients, and may change services. The token is the value of ', el('code', {}, 'GATEWAY_ADMIN_TOKEN'), ' on the gateway; it is forgotten when this tab is closed.'),
    el('div', {class: 'field'}, el('label', {for: 'token-field'}, 'Token'), field, note),
    waiting,
    el('div', {class: 'buttons'},
      el('button', {type: 'submit', class: 'primary', 'data-action': 'use-token'}, 'Sign in'),
      el('button', {type: 'button', 'data-action': 'no-token'}, 'Not now')));
  const dialog = byId('token');
  dialog.replaceChildren(form);
  let isIn = false;
  let trying = false;

  function complain(words) {
    note.replaceChildren(...(words ? [shape('failed'), words] : []));
    note.hidden = !words;
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (trying) {
      return;
    }
    trying = true;
    complain('');
    const problem = await refusal(field.value.trim(), waiting);
    trying = false;
    if (problem) {
      complain(problem);
      field.select();
    } else if (dialog.open) {
      isIn = true;
      keep(field.value.trim());
      dialog.close();
    }
  });
  form.querySelector('[data-action=no-token]').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.replaceChildren(); // don't keep the typed text in the page
    resolve(isIn);
  }, {once: true});
  complain(complaint);
  dialog.showModal();
  field.focus();
}

/** Returns why the gateway doesn't take this token; null if it does. */
async function refusal(value, waiting) {
  try {
    // Any page for operators will do; a HEAD of this one costs the gateway nothing.
    const response = await patiently('Sign in', (signal) =>
      fetch(urlOf('/dashboard/events'), {method: 'HEAD', headers: {Authorization: `Bearer ${value}`}, cache: 'no-store', signal}), waiting);
    if (isAboutToken(response)) {
      return "This isn't the gateway's token.";
    }
    return response.ok ? null : `The gateway answered ${response.status}.`;
  } catch (failure) {
    return isCancelled(failure) ? 'Cancelled.' : "The gateway can't be reached, or this is no token."; // fetch takes no such text
  }
}

function keep(value) {
  token = value;
  try {
    if (value) {
      sessionStorage.setItem(KEPT_AS, value);
    } else {
      sessionStorage.removeItem(KEPT_AS);
    }
  } catch {
    // then it lasts as long as the page
  }
  byId('sign-out').hidden = !token;
}

/** Forgets a token that the gateway no longer takes; returns whether there was one. */
export function forget() {
  const had = Boolean(token);
  if (had) {
    keep(null);
  }
  return had;
}

/** Sets up the button that signs out, and the links that need the token. */
export function tokens() {
  byId('sign-out').hidden = !token;
  byId('sign-out').addEventListener('click', () => {
    keep(null);
    location.reload(); // so that no private data stays on the page
  });
  for (const link of document.querySelectorAll('a[data-private]')) {
    link.addEventListener('click', async (event) => {
      if (token) {
        event.preventDefault();
        const response = await ask(link.getAttribute('href'), {}, link.textContent).catch(() => null);
        if (response) {
          window.open(URL.createObjectURL(new Blob([await response.text()], {type: 'text/plain'})));
        }
      }
    });
  }
}
