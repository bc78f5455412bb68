/* What is wrong with the fields of a form: each is marked, and a line below it says what. */

import {byId, shape} from './dom.js';

/**
 * Marks the fields that can't be used, and goes to the first.
 *
 * @param errors a list of {field, problem}, with a field's name; a field without a line for errors is left alone
 */
export function refuse(form, errors) {
  for (const {field, problem} of errors) {
    const input = form.elements[field];
    const note = byId(`error-${field}`);
    if (input && note) {
      input.setAttribute('aria-invalid', 'true');
      note.replaceChildren(shape('failed'), problem);
      note.hidden = false;
      input.closest('details')?.setAttribute('open', '');
    }
  }
  form.querySelector('[aria-invalid]')?.focus();
}

/** Takes all marks away. */
export function clear(form) {
  form.querySelectorAll('[aria-invalid]').forEach((input) => input.removeAttribute('aria-invalid'));
  form.querySelectorAll('.field-error').forEach((note) => {
    note.hidden = true;
    note.replaceChildren();
  });
}
