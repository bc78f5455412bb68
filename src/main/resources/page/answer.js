/* The whole answer to a request: its status, all its headers, the beginning of its body, and how long it took. */

import {byId, el, tag} from './dom.js';
import {bytes, millis, plural} from './format.js';
import {urlOf} from './mount.js';

const MOST_BYTES = 65_536; // of a body that are kept and shown

/**
 * Sends a request and reads the answer to its end, or it would count as abandoned.
 *
 * @param seen gets what there is of the answer so far: response, head_ms, took_ms, size and body; so it can be shown even
 *   if the rest of it never comes
 */
export async function exchange(target, init, seen) {
  const start = performance.now();
  const kept = [];
  Object.assign(seen, {size: 0, body: kept});
  seen.response = await fetch(urlOf(target), {...init, cache: 'no-store'});
  seen.head_ms = performance.now() - start;
  const reader = seen.response.body?.getReader();
  while (reader) {
    const {done, value} = await reader.read();
    seen.took_ms = performance.now() - start;
    if (done) {
      break;
    }
    if (seen.size < MOST_BYTES) {
      kept.push(value.slice(0, MOST_BYTES - seen.size));
    }
    seen.size += value.length;
  }
  seen.took_ms ??= seen.head_ms;
}

/** Shows an answer below the form; takes away the one that is there. */
export function answering() {
  const place = byId('send-answer');

  return {
    clear() {
      place.hidden = true;
      place.replaceChildren();
    },
    /**
     * @param tone the answer's colour and shape
     * @param broken why there is no more of it; empty if it is whole
     */
    show(seen, tone, broken) {
      const {response} = seen;
      const headers = [...response.headers];
      place.replaceChildren(
        el('p', {class: 'answer-head'}, tag(tone, `${response.status} ${response.statusText}`.trim()), el('span', {class: 'muted'}, timing(seen))),
        broken ? el('p', {}, tag('failed', broken)) : '',
        response.redirected ? el('p', {class: 'muted'}, `after a redirect, from ${response.url}`) : '',
        part('headers', plural(headers.length, 'header'), headers.map(([name, value]) => `${name}: ${value}`).join('\n')),
        el('p', {class: 'muted'}, 'Browsers hide Set-Cookie from pages.'),
        part('body', bodyTitle(seen), bodyText(seen)),
      );
      place.hidden = false;
    },
  };
}

function timing({head_ms: head, took_ms: took}) {
  return took === undefined ? `headers in ${millis(head)}` : `headers in ${millis(head)}, all in ${millis(took)}`;
}

function part(name, title, content) {
  if (content === '') {
    return el('p', {class: 'muted', 'data-part': name}, title);
  }
  const id = `send-answer-${name}`;
  return el('details', {open: true, 'data-part': name},
    el('summary', {id}, title),
    el('pre', {tabindex: 0, role: 'region', 'aria-labelledby': id}, content));
}

function bodyTitle({size}) {
  return size > MOST_BYTES ? `Body: the first ${bytes(MOST_BYTES)} of ${bytes(size)}` : size === 0 ? 'No body' : `Body: ${bytes(size)}`;
}

function bodyText({response, size, body}) {
  if (size === 0) {
    return '';
  }
  const isCut = size > MOST_BYTES;
  const charset = /charset="?([\w-]+)/i.exec(response.headers.get('Content-Type') ?? '')?.[1] ?? 'utf-8';
  try {
    const decoder = new TextDecoder(charset, {fatal: true});
    const words = body.map((bytes) => decoder.decode(bytes, {stream: true})).join('') + (isCut ? '' : decoder.decode());
    return words.includes('\0') ? 'Not text.' : words;
  } catch { // an unknown charset, or other bytes than it allows
    return `Not text in ${charset}.`;
  }
}
