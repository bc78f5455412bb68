/* Requests of the page never hang without a word: after a moment each says what the page waits for, and can be
 * cancelled.
 */

import {byId, el} from './dom.js';

const SOON_MS = 700;

/**
 * Does some work for the user, and says so if it takes longer than a moment.
 *
 * @param what names the work, as in "Still waiting for the gateway: …"
 * @param work called with an AbortSignal that the user can abort; returns a promise
 * @param place the element that gets the words: in an open dialog, that can't be the page's own
 * @returns what the work returns; rejects with an AbortError if the user cancels
 */
export async function patiently(what, work, place = byId('waiting')) {
  const cancel = new AbortController();
  const before = document.activeElement;
  let note = null;
  const timer = setTimeout(() => {
    note = noteOf(what, () => cancel.abort());
    place.append(note);
  }, SOON_MS);
  try {
    return await work(cancel.signal);
  } finally {
    clearTimeout(timer);
    if (note?.contains(document.activeElement)) {
      before?.focus();
    }
    note?.remove();
  }
}

/** Returns whether the user cancelled, rather than the work failed. */
export const isCancelled = (failure) => failure?.name === 'AbortError';

function noteOf(what, cancel) {
  const button = el('button', {type: 'button', class: 'quiet', 'data-action': 'cancel', 'aria-label': `Cancel ${what}`}, 'Cancel');
  button.addEventListener('click', cancel);
  return el('p', {class: 'waiting-for'}, el('span', {}, `Still waiting for the gateway: ${what} …`), button);
}

/** Makes links to other pages of the gateway say so, too, while this page waits for the other one. */
export function patientLinks(links) {
  for (const link of links) {
    link.addEventListener('click', (event) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) {
        return; // opens elsewhere
      }
      patiently(link.textContent, (signal) => new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          window.stop();
          resolve();
        });
        addEventListener('pagehide', resolve, {once: true});
      }));
    });
  }
}
