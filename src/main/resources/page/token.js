/*
 * The gateway's token, if it wants one: asked for when it is missing or wrong, kept for this tab alone, sent with
 * whatever this page asks of the gateway itself.
 */

import {byId, el, shape} from './dom.js';

const KEPT_AS = 'gateway-admin-token';

let token = kept();
let asking = null; // while the dialog is open: a promise of whether there is a token to try

function kept() {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch { // a browser that keeps nothing
    return null;
  }
}

/** Like fetch; asks for the token until the gateway takes it or the user gives up, and then returns the refusal. */
export async function ask(path, init = {}) {
  while (true) {
    const shown = token;
    const response = await fetch(path, {...init, headers: {...init.headers, ...authorization()}, cache: 'no-store'});
    if (!isAboutToken(response) || !(await another(response, shown))) {
      return response;
    }
  }
}

/** The header that shows the token; nothing without one. */
export function authorization() {
  return token ? {Authorization: `Bearer ${token}`} : {};
}

/** Whether an answer, not of a service, refuses for want of the right token. */
export function isAboutToken(response) {
  return response.status === 401;
}

/** Whether there is another token to try than the one that got this answer; if need be the user is asked. */
export async function another(response, shown = token) {
  if (shown !== token) {
    return true; // another answer was quicker, and the user too
  }
  const problem = await response.clone().json().catch(() => ({}));
  return wanted(shown ? problem.detail : '');
}

/** Opens the dialog, or waits with whoever opened it. */
function wanted(complaint) {
  asking ??= new Promise((resolve) => open(complaint ?? '', resolve)).finally(() => (asking = null));
  return asking;
}

function open(complaint, resolve) {
  const field = el('input', {id: 'token-field', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-complaint'});
  const note = el('p', {id: 'token-complaint', class: 'field-error', hidden: complaint === ''}, shape('failed'), complaint);
  const form = el('form', {method: 'dialog', class: 'stack'},
    el('h2', {id: 'token-title'}, 'The gateway wants its token'),
    el('p', {}, 'Requests, clients and services are shown to operators only. The token is what ', el('code', {}, 'GATEWAY_ADMIN_TOKEN'), ' holds on the gateway; this tab forgets it when it is closed.'),
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
    dialog.replaceChildren(); // what was typed doesn't stay in the page
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
    // then it is known until the page is left
  }
  show();
}

function show() {
  byId('forget-token').hidden = !token;
}

/** The button that forgets the token, and links to what can't be opened without it. */
export function tokens() {
  show();
  byId('forget-token').addEventListener('click', () => {
    keep(null);
    location.reload(); // what was shown is gone, too
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
