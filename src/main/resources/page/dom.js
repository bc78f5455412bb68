/* Makes and changes elements. Text goes in as text nodes only, so text from services and requests can't become markup. */

const SVG = 'http://www.w3.org/2000/svg';

export const byId = (id) => document.getElementById(id);

/** Returns an element with these attributes and children; leaves out children that are null. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets the text if it differs: an unchanged text then costs no layout, and screen readers stay quiet. */
export function text(element, words) {
  const value = String(words);
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/** Sets an attribute if it differs; null removes it. */
export function attribute(element, name, value) {
  if (value === null) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/** Sets what a field suggests, if that differs. */
export function options(list, values) {
  if (list.dataset.values !== values.join('\n')) {
    list.dataset.values = values.join('\n');
    list.replaceChildren(...values.map((value) => el('option', {value})));
  }
}

/** Returns the shape for an outcome or a state, in its colour. */
export function shape(tone) {
  return svg('svg', {class: 'shape', 'aria-hidden': 'true', focusable: 'false'}, svg('use', {href: `#shape-${tone}`}));
}

/** Returns a word with its shape, in its colour. */
export function tag(tone, words) {
  return el('span', {class: 'tag', 'data-tone': tone}, shape(tone), el('span', {}, words));
}

/** Returns a request's colour and shape. A service's 5xx counts as served, but looks like the error that it is. */
export const toneOf = (outcome, status) => (outcome === 'served' && status >= 500 ? 'error' : outcome);

/** Returns a request's status and outcome. */
export function answer(outcome, status) {
  const tone = toneOf(outcome, status);
  return el('span', {class: 'tag', 'data-tone': tone}, shape(tone),
    status ? el('span', {class: 'status'}, status) : null,
    el('span', {}, outcome));
}
