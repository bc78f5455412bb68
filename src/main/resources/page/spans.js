/* How far back the plots go. The steps of the shortest span come with the page's stream. Those of a longer one are read
 * when it is chosen, and again whenever one of its steps has ended, but at least once a minute: the last one is under way.
 * Only what the stream brings has them read again, so nothing is read for a page that is hidden or has lost the gateway.
 */

import {look, looked} from './address.js';
import {byId, text} from './dom.js';
import {urlOf} from './mount.js';
import {authorization} from './token.js';

/** The spans: how long they and their steps are, in seconds, and the shortest that the time axis shows. */
export const SPANS = {
  '15m': {lengthS: 900, stepS: 3, shortestS: 120, words: '15 minutes', title: 'The last 15 minutes'},
  '1h': {lengthS: 3600, stepS: 15, shortestS: 600, words: '1 hour', title: 'The last hour'},
  '24h': {lengthS: 86_400, stepS: 300, shortestS: 7200, words: '24 hours', title: 'The last 24 hours'},
};
export const SHORTEST = '15m';

const MOST_PAUSE_S = 60;
const AFTER_FAILURE_S = 10;
const SOON_MS = 700;

/**
 * Sets up the buttons.
 *
 * @param show called with the name and the points of the span to show; without points, with those of the stream
 * @returns beat(), to be called whenever a step has come, and again(), to be called when all of them have come anew
 */
export function spans(show) {
  const buttons = [...byId('spans').querySelectorAll('button')];
  const note = byId('spans-note');
  let chosen = SHORTEST;
  let reading = null; // its AbortController
  let againAt = Infinity;

  function choose(span) {
    chosen = span;
    buttons.forEach((button) => button.setAttribute('aria-pressed', button.dataset.span === span));
    reading?.abort();
    reading = null;
    againAt = Infinity;
    text(note, '');
    if (span === SHORTEST) {
      show(SHORTEST);
    } else {
      read(`Still waiting for the gateway: ${SPANS[span].title.toLowerCase()} …`);
    }
  }

  /** @param words what to say if it takes longer than a moment */
  async function read(words) {
    const span = chosen;
    const mine = new AbortController();
    reading = mine;
    const timer = setTimeout(() => mine === reading && text(note, words), SOON_MS);
    let failure = '';
    try {
      const points = await pointsOf(span, mine.signal);
      if (mine === reading) {
        show(span, points);
      }
    } catch (error) {
      failure = `${SPANS[span].title} can't be read: ${error.reason ?? "the gateway can't be reached"}.`;
    }
    clearTimeout(timer);
    if (mine === reading) {
      reading = null;
      text(note, failure);
      againAt = performance.now() + 1000 * (failure ? AFTER_FAILURE_S : Math.min(SPANS[span].stepS, MOST_PAUSE_S));
    }
  }

  const again = () => chosen !== SHORTEST && !reading && read(note.textContent);
  const follow = () => choose(looked('span') in SPANS ? looked('span') : SHORTEST);

  for (const button of buttons) {
    button.addEventListener('click', () => {
      const {span} = button.dataset;
      look({span: span === SHORTEST ? '' : span}, true);
      choose(span);
    });
  }
  addEventListener('popstate', () => (looked('span') || SHORTEST) !== chosen && follow());

  return {
    beat: () => performance.now() >= againAt && again(),
    again: () => (chosen === SHORTEST && looked('span') ? follow() : again()),
  };
}

async function pointsOf(span, signal) {
  const response = await fetch(urlOf(`/dashboard/history?span=${span}`), {headers: authorization(), cache: 'no-store', signal});
  const body = await response.json().catch(() => ({}));
  if (!response.ok || !body.points) {
    throw Object.assign(new Error(), {reason: body.detail ?? `the gateway answered ${response.status}`});
  }
  return body.points;
}
