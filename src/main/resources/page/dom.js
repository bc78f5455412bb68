/* Making elements. Text goes in as text nodes only: what services and requests say can't become markup. */

const SVG = 'http://www.w3.org/2000/svg';

export const byId = (id) => document.getElementById(id);

/** An element with these attributes and children; a child that is null is left out. */
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

/** Sets the text if it is another: an unchanged page costs no layout, and screen readers hear nothing. */
export function text(element, words) {
  const value = String(words);
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/** Sets an attribute if it is another; null takes it away. */
export function attribute(element, name, value) {
  if (value === null) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/** The shape that stands for an outcome or a state, in its colour. */
export function shape(tone) {
  return svg('svg', {class: 'shape', 'aria-hidden': 'true', focusable: 'false'}, svg('use', {href: `#shape-${tone}`}));
}

/** A word with its shape, in its colour. */
export function tag(tone, words) {
  return el('span', {class: 'tag', 'data-tone': tone}, shape(tone), el('span', {}, words));
}

/** What a request got: the status and the outcome. A backend's own error was served, but shall not look well. */
export function answer(outcome, status) {
  const bad = outcome === 'served' && status >= 500;
  return el('span', {class: 'tag', 'data-tone': outcome}, shape(outcome),
    status ? el('span', {class: 'status', 'data-tone': bad ? 'failed' : null}, status) : null,
    el('span', {}, outcome));
}
