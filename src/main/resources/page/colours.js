/* Colours for canvases. The style sheet defines them as variables; a canvas needs their values in the current theme. */

const COLOURS = {
  p50: 'var(--accent)',
  p99: 'var(--p99)',
  '2xx_3xx': 'var(--served)',
  '4xx': 'var(--rejected)',
  '5xx': 'var(--error)',
};
const SHARES = 8; // --share-1 to --share-8, then again

export const colourOf = (name) => COLOURS[name] ?? `var(--${name})`;

export const shareColour = (index) => `var(--share-${(index % SHARES) + 1})`;

/** Returns the value of a style sheet's colour in the current theme, by way of a probe's computed style. */
export function resolved(colour) {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
