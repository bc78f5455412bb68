/* Compares addresses as the limiter does: all addresses of an IPv6 /64 are one client, and so are the two loopback
 * addresses, 127.0.0.1 and ::1.
 */

const NETWORK = /^(.*)\/64$/;

/** Returns whether the address of a request is what the user has typed: a client of the limiter's, or a part of it. */
export function isClient(typed, address) {
  const wanted = typed.trim().toLowerCase();
  const network = NETWORK.exec(wanted)?.[1];
  if (network !== undefined) {
    return address.includes(':') && upperHalf(network) === upperHalf(address);
  }
  const exact = canonical(wanted);
  return exact ? loopback(exact) === loopback(address) : address.includes(wanted);
}

const loopback = (address) => (address === '::1' ? '127.0.0.1' : address);

/** Returns an address as RFC 5952 has it; null if it is none. */
function canonical(text) {
  if (!text.includes(':')) {
    return /^\d+(\.\d+){3}$/.test(text) ? text : null;
  }
  try {
    return new URL(`http://[${text}]`).hostname.slice(1, -1);
  } catch {
    return null;
  }
}

/** Returns the first four groups of an IPv6 address. */
function upperHalf(address) {
  const [head, tail] = (canonical(address) ?? address).split('::').map((half) => half.split(':').filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array(Math.max(0, missing)).fill('0'), ...(tail ?? [])].slice(0, 4).join(':');
}
