/* Formats numbers, times and the limiter's decisions, so that they look the same everywhere on the page. */

const DASH = '–';
const CLOCK = new Intl.DateTimeFormat([], {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
const MINUTE = new Intl.DateTimeFormat([], {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
const DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});
const MOMENT = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit'});
const COUNT = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const SHORT = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});

/** Returns 1234 as 1,234, and from 100,000 on as 123K. */
export const count = (n) => (n < 100_000 ? COUNT : SHORT).format(n);

/** Returns requests per second, with one decimal below 10. */
export function rate(perSecond) {
  if (perSecond === null || perSecond === undefined) {
    return DASH;
  }
  return perSecond < 9.95 ? perSecond.toFixed(1) : count(perSecond);
}

/** Returns milliseconds with about three digits, as seconds from 10,000 on. */
export function millis(ms) {
  if (ms === null || ms === undefined) {
    return DASH;
  }
  if (ms >= 10_000) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  return `${ms < 10 ? ms.toFixed(1) : COUNT.format(ms)} ms`;
}

/** Returns the time left, rounded up like the gateway's Retry-After: "12 s", "3 min 5 s". */
export function left(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Returns the time passed, coarsely: "8 s", "3 min", "2 h", "5 d". */
export function passed(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** Returns the time of day in the browser's time zone. */
export const clock = (time) => CLOCK.format(new Date(time));

/** Returns the time of day without seconds. */
export const minute = (time) => MINUTE.format(new Date(time));

/** Returns the day of the month in the browser's time zone: "28 Nov". */
export const day = (time) => DAY.format(new Date(time));

/** Returns date and time of day in the browser's time zone. */
export const moment = (time) => MOMENT.format(new Date(time));

export function bytes(n) {
  if (n === null || n === undefined) {
    return DASH;
  }
  return n < 10_000 ? `${COUNT.format(n)} bytes` : `${SHORT.format(n)}B`;
}

/** The classes of services' answers as the gateway counts them, with what to call them. */
export const ANSWERS = {'2xx_3xx': '2xx–3xx', '4xx': '4xx', '5xx': '5xx', none: 'none'};

/** Returns how many of these answers were errors of the service: 5xx, or none. */
export const errors = (answers) => (answers?.['5xx'] ?? 0) + (answers?.none ?? 0);

/** Returns a part of the answers in percent, with one decimal below 10; what clients abandoned is no answer. */
export function share(part, answers) {
  const all = Object.keys(ANSWERS).reduce((sum, name) => sum + (answers?.[name] ?? 0), 0);
  if (all === 0) {
    return DASH;
  }
  const percent = (100 * part) / all;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Returns the limiter's decision on a request. */
export function decision(limit) {
  if (!limit) {
    return 'no limit';
  }
  const by = limit.by ? ` (by ${limit.by})` : '';
  return limit.allowed ? `${limit.remaining} of ${limit.limit} left${by}` : `limited${by}, free in ${left(limit.reset_in_ms)}`;
}

const STATES = {
  healthy: {tone: 'served', words: 'healthy'},
  unhealthy: {tone: 'failed', words: 'unhealthy'},
  draining: {tone: 'draining', words: 'draining'},
  checking: {tone: 'checking', words: 'waiting for its first good check'},
};

/** Returns a key for a backend: several instances may have the same name, but no two of a route the same URL, too. */
export function keyOf(backend) {
  return `${fullName(backend.route, backend.name)} ${backend.url}`;
}

/** Returns a service's name with its route, unless that is the default one. */
export function fullName(route, service) {
  return route && route !== 'default' ? `${route}/${service}` : service;
}

/** Returns the page's word and colour for a backend's state. */
export const state = (status) => STATES[status] ?? {tone: 'checking', words: String(status)};
