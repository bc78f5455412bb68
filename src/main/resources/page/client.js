/* A client in a dialog: how much of its limits it has used, and until when; leads to its requests, and has the gateway
 * forget those that count.
 */

import {byId, el, tag} from './dom.js';
import {clock, left, plural} from './format.js';
import {ask} from './token.js';
import {isCancelled} from './waiting.js';

const MOST = 20; // of the requests that count

/**
 * @param list called with a client to list its requests
 * @param tell announces the result
 * @returns a function that opens the dialog for a client, as the limiter counts it, and a route
 */
export function clientDialog(list, tell) {
  const dialog = byId('client');
  const title = el('h2', {id: 'client-title'});
  const content = el('div', {class: 'stack'});
  const waiting = el('div', {role: 'status'});
  const requests = el('button', {type: 'button', 'data-action': 'list-requests'}, 'Its requests');
  const forget = el('button', {type: 'button', 'data-action': 'forget-window'}, 'Forget its window');
  const close = el('button', {type: 'button', 'data-action': 'close'}, 'Close');
  dialog.append(title, content, waiting, el('div', {class: 'buttons'}, requests, forget, close));
  let shown = {client: '', route: ''};

  /** Asks the gateway; returns its answer, or an error in words. */
  async function call(path, method, what) {
    try {
      const response = await ask(path, {method}, what, waiting);
      const body = await response.json().catch(() => ({}));
      return response.ok ? {body} : {error: body.detail ?? `The gateway answered ${response.status}.`};
    } catch (failure) {
      return {error: isCancelled(failure) ? 'Cancelled.' : "The gateway can't be reached."};
    }
  }

  async function look() {
    const mine = shown;
    const query = new URLSearchParams({ip: addressOf(mine.client), ...(mine.route ? {route: mine.route} : {})});
    const {body, error} = await call(`/limits/explain?${query}`, 'GET', 'the limits of this client');
    if (mine === shown) {
      content.replaceChildren(...(error ? [tag('failed', error)] : windows(body)));
    }
  }

  requests.addEventListener('click', () => {
    dialog.close();
    list(shown.client);
  });
  forget.addEventListener('click', async () => {
    const route = shown.route ? `?route=${encodeURIComponent(shown.route)}` : '';
    const {error} = await call(`/limits/${encodeURIComponent(addressOf(shown.client))}${route}`, 'DELETE', 'forget the window');
    if (error) {
      content.replaceChildren(tag('failed', error));
    } else {
      dialog.close();
      tell('served', `The window of ${shown.client} is forgotten: it has its whole budget again.`);
    }
  });
  close.addEventListener('click', () => dialog.close());

  return (client, route) => {
    shown = {client, route};
    title.textContent = route && route !== 'default' ? `${client} on ${route}` : client;
    content.replaceChildren();
    dialog.showModal();
    requests.focus();
    look();
  };
}

/** Returns whether what a limit counts by is an address, rather than the value of a header, or a whole route. */
export const isAddress = (client) => /^[\d.]+$|^[\da-f:.]*:[\da-f:.]*(\/64)?$/i.test(client);

const addressOf = (client) => client.replace(/\/64$/, '');

function windows(explained) {
  const limits = explained.limits ?? (explained.policy ? [explained] : []);
  if (limits.length === 0) {
    return [el('p', {}, 'No limit holds for it.')];
  }
  return limits.flatMap((limit) => [
    el('p', {},
      el('strong', {}, `${limit.used} of ${limit.policy.limit} used`),
      ` in any ${limit.policy.window_ms / 1000} s, by ${limit.limit_by}; `,
      limit.allowed_now ? tag('served', `${limit.remaining} left`) : tag('limited', `free in ${left(limit.next_free_in_ms)}`)),
    limit.requests.length === 0 ? null : el('ol', {class: 'counted', 'aria-label': 'The requests that count'},
      ...limit.requests.slice(0, MOST).map((request) => el('li', {}, `${clock(request.time)}, leaves in ${left(request.leaves_in_ms)}`)),
      limit.requests.length > MOST ? el('li', {class: 'muted'}, `and ${plural(limit.requests.length - MOST, 'newer one')}`) : null),
  ]).filter(Boolean);
}
