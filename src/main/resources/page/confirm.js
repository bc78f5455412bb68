/* Asks the user before something is done, in a modal dialog: the keyboard stays in it, Escape means no, and the focus goes
 * back afterwards.
 */

import {byId, el} from './dom.js';

/**
 * Asks a question; there is one at a time.
 *
 * @param title the question
 * @param details what will happen, a text for each paragraph
 * @param yes the button that agrees: {words, action, tone}, the tone being its class
 * @param no what the other button says, which has the focus at first
 * @returns whether the user agrees
 */
export function confirmed({title, details, yes, no}) {
  const dialog = byId('confirm');
  const agree = el('button', {type: 'button', class: yes.tone, 'data-action': yes.action}, yes.words);
  const refuse = el('button', {type: 'button', 'data-action': 'keep'}, no);
  let agreed = false;
  dialog.replaceChildren(
    el('h2', {id: 'confirm-title'}, title),
    ...details.map((words) => el('p', {}, words)),
    el('div', {class: 'buttons'}, agree, refuse));
  agree.addEventListener('click', () => {
    agreed = true;
    dialog.close();
  });
  refuse.addEventListener('click', () => dialog.close());
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(agreed), {once: true});
    dialog.showModal();
    refuse.focus();
  });
}
