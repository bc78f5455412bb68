/* The request that somebody has typed in: what can't be sent as it stands there is named. A browser would change most of
 * it without a word.
 */

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // a header's name, RFC 9110, 5.6.2
const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/;
const DOTS = /^(\.|%2e){1,2}$/i;
const BODILESS = ['GET', 'HEAD'];

/**
 * Reads the fields of the form.
 *
 * @param base what each path begins with; empty if there are several routes
 * @returns {target, init, errors}: what fetch takes, and a list of {field, problem} that is empty if it can be sent
 */
export function requestOf({method, path, headers, body}, base) {
  const errors = [];
  const say = (field, problem) => problem && errors.push({field, problem});
  const target = within(path.value, base);
  say('path', wrongWithPath(target));
  const init = {method: method.value, headers: new Headers()};
  if (body.value !== '') {
    if (BODILESS.includes(init.method)) {
      say('body', `A browser sends no body with ${init.method}: choose another method, or leave this empty.`);
    } else {
      init.body = body.value;
    }
  }
  say('headers', headersInto(init.headers, headers.value));
  return {target, init, errors};
}

/** Returns a path below the base: "data", "/data" and "/api/data" all mean /api/data. */
function within(path, base) {
  const trimmed = `/${path.trim().replace(/^\/+/, '')}`;
  return trimmed === base || trimmed.startsWith(`${base}/`) || trimmed.startsWith(`${base}?`) ? trimmed : base + trimmed;
}

function wrongWithPath(target) {
  if (target.includes('#')) {
    return 'A browser leaves out # and what follows it: write %23 for a #.';
  }
  const [path] = target.split('?');
  if (path.includes('\\')) {
    return 'A browser makes a / of each \\: write %5C for a \\.';
  }
  const dots = path.split('/').find((segment) => DOTS.test(segment));
  return dots ? `A browser takes ${dots} out of a path: write the path that you mean.` : null;
}

/** Adds each line as a header; returns what is wrong with the first that can't be one, else null. */
function headersInto(headers, lines) {
  for (const line of lines.split('\n').map((one) => one.trim()).filter((one) => one !== '')) {
    const colon = line.indexOf(':');
    if (colon < 0) {
      return `"${line}" has no colon: write a name, a colon and a value.`;
    }
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (!TOKEN.test(name)) {
      return `"${name}" can't be a header's name: use letters, digits and dashes.`;
    }
    const character = NOT_IN_VALUES.exec(value)?.[0];
    if (character) {
      return `The value of ${name} has "${character}", which can't be in a header: encode it.`;
    }
    if (!new Request('/', {headers: [[name, value]]}).headers.has(name)) {
      return `A browser lets no page set ${name}: leave it out, or use curl.`;
    }
    headers.append(name, value);
  }
  return null;
}
