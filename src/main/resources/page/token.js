/* The admin token, if the gateway requires one. The page asks the user for it when it is missing or wrong, keeps it for
 * this tab only, and sends it with each of its requests to the gateway itself.
 */

import {byId, el, shape} from './dom.js';

const KEPT_AS = 'gateway-admin-token';

let token = kept();
let asking = null; // while the dialog is open: a promise of whether there is a token to try

function kept() {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch { // storage is disabled
    return null;
  }
}

/**
 * Works like fetch, but asks the user for the token until the gateway accepts it; returns the refusal if the user gives
 * up.
 */
export async function ask(path, init = {}) {
  while (true) {
    const shown = token;
    const response = await fetch(path, {...init, headers: {...init.headers, ...authorization()}, cache: 'no-store'});
    if (!isAboutToken(response) || !(await another(response, shown))) {
      return response;
    }
  }
}

/** Returns the header with the token; no header without a token. */
export function authorization() {
  return token ? {Authorization: `Bearer ${token}`} : {};
}

/** Returns whether the gateway's answer is a refusal because of the token. Not for answers of services. */
export function isAboutToken(response) {
  return response.status === 401;
}

/** Returns whether there is another token to try than the one that got this answer; asks the user if necessary. */
export async function another(response, shown = token) {
  if (shown !== token) {
    return true; // the user has already answered for another request
  }
  const problem = await response.clone().json().catch(() => ({}));
  return wanted(shown ? problem.detail : '');
}

/** Opens the dialog, or waits for the one that is open. */
function wanted(complaint) {
  asking ??= new Promise((resolve) => open(complaint ?? '', resolve)).finally(() => (asking = null));
  return asking;
}

function open(complaint, resolve) {
  const field = el('input', {id: 'token-field', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-complaint'});
  const note = el('p', {id: 'token-complaint', class: 'field-error', hidden: complaint === ''}, shape('failed'), complaint);
  const form = el('form', {method: 'dialog', class: 'stack'},
    el('h2', {id: 'token-title'}, 'The gateway requires its token'),
    el('p', {}, 'Requests, clients and services are shown to operators only. The token is the value of ', el('code', {}, 'GATEWAY_ADMIN_TOKEN'), ' on the gateway; it is forgotten when this tab is closed.'),
    el('div', {class: 'field'}, el('label', {for: 'token-field'}, 'Token'), field, note),
    el('div', {class: 'buttons'},
      el('button', {type: 'submit', class: 'primary', 'data-action': 'use-token'}, 'Use it'),
      el('button', {type: 'button', 'data-action': 'no-token'}, 'Not now')));
  const dialog = byId('token');
  dialog.replaceChildren(form);
  let given = false;
  form.addEventListener('submit', () => {
    given = true;
    keep(field.value.trim());
  });
  form.querySelector('[data-action=no-token]').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.replaceChildren(); // don't keep the typed text in the page
    resolve(given);
  }, {once: true});
  dialog.showModal();
  field.focus();
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
  show();
}

function show() {
  byId('forget-token').hidden = !token;
}

/** Sets up the button that forgets the token, and the links that need it. */
export function tokens() {
  show();
  byId('forget-token').addEventListener('click', () => {
    keep(null);
    location.reload(); // so that no private data stays on the page
  });
  for (const link of document.querySelectorAll('a[data-private]')) {
    link.addEventListener('click', async (event) => {
      if (token) {
        event.preventDefault();
        const response = await ask(link.getAttribute('href'));
        window.open(URL.createObjectURL(new Blob([await response.text()], {type: 'text/plain'})));
      }
    });
  }
}
