/* Colours for canvases. The style sheet names them; a canvas needs them worked out for the theme that is on. */

const COLOURS = {p50: 'var(--accent)', p99: 'var(--p99)'};
const SHARES = 8; // --share-1 to --share-8, then again

export const colourOf = (name) => COLOURS[name] ?? `var(--${name})`;

export const shareColour = (index) => `var(--share-${(index % SHARES) + 1})`;

/** What a colour of the style sheet is in the theme that is on: a probe's computed style says it. */
export function resolved(colour) {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
