/* What the viewer looks at is in the page's URL: it can be shared, and the browser's Back button goes through it. */

/** Returns a parameter of the URL; empty if it isn't there. */
export const looked = (name) => new URLSearchParams(location.search).get(name) ?? '';

/**
 * Sets parameters of the URL; removes those that are empty.
 *
 * @param anew whether the Back button leads to what was before; if so, state marks the new entry
 */
export function look(parameters, anew, state = null) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value) {
      url.searchParams.set(name, value);
    } else {
      url.searchParams.delete(name);
    }
  }
  if (url.href === location.href) {
    return;
  }
  if (anew) {
    history.pushState(state, '', url);
  } else {
    history.replaceState(history.state, '', url);
  }
}
