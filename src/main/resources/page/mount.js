/* Where the gateway's paths begin for this browser: below whatever path a proxy has mounted the gateway, as this page is. */

const mount = new URL('.', document.baseURI).pathname.slice(0, -1); // empty if nothing is before them

/** Returns the URL of a path of the gateway, which begins with a slash. */
export const urlOf = (path) => mount + path;

/** Returns the whole URL of the gateway, without a slash at the end. */
export const here = () => location.origin + mount;
