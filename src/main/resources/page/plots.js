/* The last minutes or hours as four plots: requests by outcome, answers by class, latency, and shares. */

import {byId, text} from './dom.js';
import {ANSWERS, count, millis, rate} from './format.js';
import {colourOf, shareColour} from './colours.js';
import {plot} from './plot.js';
import {SHORTEST, SPANS, spans} from './spans.js';
import {OUTCOMES} from './totals.js';

const MOST = 300;
const SHARE_S = 15; // shares are over this: over three seconds with a few requests they would jump

const MOST_SHARES = 50; // what has less is summed up
const OTHERS = 'all others';

export function plots() {
  let recent = []; // of the shortest span
  let longer = null; // the points of a longer span while that is shown
  let span = SHORTEST;
  let kind = 'backends';
  const all = [ratePlot(), answersPlot(), latencyPlot(), sharePlot(() => kind)];

  function draw() {
    const points = withGaps(longer ?? recent, SPANS[span].stepS);
    text(byId('plots-title'), SPANS[span].title);
    all.forEach((plot) => plot.show(points, span));
  }
  const redraw = () => all.forEach((plot) => plot.restart());
  const long = spans((wanted, points) => {
    span = wanted;
    longer = points ?? null;
    draw();
  });
  document.addEventListener('themechange', () => {
    redraw();
    draw();
  });

  function came(points) {
    recent = points.slice(-MOST);
    if (!longer) {
      draw();
    }
  }

  return {
    history(history) {
      came(history.points);
      long.again();
    },
    point(point) {
      came([...recent.filter((other) => other.time_ms < point.time_ms), point]);
      long.beat();
    },
    /** Shows the shares of backends or of routes. */
    by(wanted) {
      if (wanted !== kind) {
        kind = wanted;
        const one = kind === 'routes' ? 'route' : 'service';
        const figure = byId('figure-share');
        text(figure.querySelector('h3'), `Share of each ${one}`);
        figure.querySelector('.legend').setAttribute('aria-label', `Share of each ${one}`);
        byId('plot-share').setAttribute('aria-label', `Plot of each ${one}'s share of the requests`);
        draw();
      }
    },
  };
}

/* --- the four ----------------------------------------------------------------------------------------------------- */

/** Returns the points with a mark wherever nothing was read for more than a step: no line leads over it. */
function withGaps(points, stepS) {
  return points.flatMap((point, i) => {
    const before = points[i - 1]?.time_ms ?? point.time_ms;
    return point.time_ms - before > 2000 * stepS ? [{time_ms: (before + point.time_ms) / 2, gap: [before, point.time_ms]}, point] : [point];
  });
}

/** Returns how many there were a second, from how many there were in a step; null in a gap. */
const each = (points, count) => points.map((point) => (point.gap ? null : (1000 * count(point)) / Math.max(1, point.duration_ms)));

const ofRate = (value) => (value === null ? '–' : `${rate(value)}/s`);

const total = (points, count) => points.reduce((sum, point) => sum + (point.gap ? 0 : count(point)), 0);

const perSecond = (value) => (value < 10 ? String(+value.toFixed(1)) : rate(value));

function ratePlot() {
  return plot('rate', (points, stepS) => {
    const shown = OUTCOMES.filter((outcome, i) => i < 3 || points.some((point) => point[outcome] > 0));
    const of = (name) => (point) => point[name] ?? 0;
    const bad = (point) => point.answers?.['5xx'] ?? 0;
    const series = shown.map((outcome) => ({
      label: outcome,
      colour: colourOf(outcome),
      fill: outcome === 'served',
      dash: {limited: [6, 3], rejected: [2, 3], abandoned: [2, 3]}[outcome],
      values: each(points, of(outcome)),
      words: ofRate,
    }));
    const sums = shown.map((outcome) => total(points, of(outcome)));
    if (total(points, bad) > 0) {
      series.splice(1, 0, {label: 'of these 5xx', colour: colourOf('5xx'), fill: true, values: each(points, bad), words: ofRate});
      sums.splice(1, 0, total(points, bad));
    }
    const peak = Math.max(0, ...series[0].values);
    const what = series.map((one, i) => `${count(sums[i])} ${one.label}`).join(', ');
    const step = stepS < 60 ? `${stepS} s` : `${stepS / 60} min`;
    const most = peak > 0 ? `; at most ${rate(peak)} served per second, over ${step}.` : '.';
    const summary = sums.some((sum) => sum > 0) ? what + most : 'No requests.';
    return {series, summary, axis: perSecond};
  });
}

function answersPlot() {
  return plot('answers', (points) => {
    const of = (name) => (point) => point.answers?.[name] ?? 0;
    const series = Object.entries(ANSWERS).map(([name, words]) => ({
      label: words,
      colour: colourOf(name),
      fill: name === '2xx_3xx',
      dash: {'4xx': [2, 3], none: [6, 3]}[name],
      values: each(points, of(name)),
      words: ofRate,
    }));
    const sums = Object.entries(ANSWERS).map(([name, words]) => [words, total(points, of(name))]);
    const summary = sums.some(([, sum]) => sum > 0) ? `${sums.map(([words, sum]) => `${count(sum)} ${words}`).join(', ')}.` : 'No service was asked.';
    return {series, summary, axis: perSecond};
  });
}

function latencyPlot() {
  return plot('latency', (points) => {
    const series = ['p50', 'p99'].map((name) => ({
      label: name,
      colour: colourOf(name),
      dash: name === 'p99' ? [6, 3] : undefined,
      values: points.map((point) => point[`${name}_ms`] ?? null),
      words: (value) => (value === null ? '–' : millis(value)),
    }));
    const known = series.map((one) => one.values.filter((value) => value !== null));
    const summary = known[0].length === 0
      ? 'No request was served.'
      : `p50 between ${millis(Math.min(...known[0]))} and ${millis(Math.max(...known[0]))}, p99 at most ${millis(Math.max(...known[1]))}.`;
    return {series, summary, axis: (value) => String(+value.toFixed(value < 10 ? 1 : 0))};
  });
}

/** @param kind returns what the shares are of: backends or routes */
function sharePlot(kind) {
  return plot('share', (points, stepS) => {
    const all = points.map((point) => point[kind()] ?? {});
    const names = largest(all);
    const counts = all.map((of) => summedUp(of, names));
    const shares = counts.map((_, i) => (points[i].gap ? null : sharesAround(counts, i, Math.ceil(SHARE_S / stepS))));
    let below = points.map(() => 0);
    const stacked = names.map((name, index) => {
      const own = shares.map((share) => (share ? (share[name] ?? 0) : null));
      below = below.map((sum, i) => (own[i] === null ? null : (sum ?? 0) + own[i]));
      return {
        label: name,
        colour: shareColour(index),
        fill: true,
        opaque: true,
        values: below,
        shown: own,
        words: (value) => (value === null ? '–' : `${Math.round(value)} %`),
      };
    });
    const now = stacked.map((one) => `${one.label} ${one.words(one.shown.at(-1) ?? null)}`);
    const more = now.length > 6 ? ` and ${now.length - 6} more` : '';
    const summary = names.length === 0 ? `No ${kind() === 'routes' ? 'route' : 'service'} got a request.` : `Lately: ${now.slice(0, 6).join(', ')}${more}.`;
    // The highest first: each area is painted over the lower part of the one before.
    return {series: stacked.reverse(), summary, axis: (value) => `${value} %`, top: 100};
  });
}

/** Returns the names with the largest sums, and one for all others if there are any, in their order. */
function largest(counts) {
  const sums = {};
  for (const [name, n] of counts.flatMap(Object.entries)) {
    sums[name] = (sums[name] ?? 0) + n;
  }
  const names = Object.keys(sums).filter((name) => name !== OTHERS).sort((a, b) => sums[b] - sums[a]);
  const shown = names.slice(0, MOST_SHARES).sort();
  return names.length > shown.length || OTHERS in sums ? [...shown, OTHERS] : shown;
}

/** Returns the counts of these names alone, with the others' sum. */
function summedUp(counts, names) {
  const known = new Set(names);
  const sums = {};
  for (const [name, n] of Object.entries(counts)) {
    const key = known.has(name) ? name : OTHERS;
    sums[key] = (sums[key] ?? 0) + n;
  }
  return sums;
}

/** Returns each name's share in percent over some steps up to this one; null without requests. */
function sharesAround(steps, i, some) {
  const sums = {};
  let all = 0;
  for (const step of steps.slice(Math.max(0, i - some + 1), i + 1)) {
    for (const [name, n] of Object.entries(step)) {
      sums[name] = (sums[name] ?? 0) + n;
      all += n;
    }
  }
  return all === 0 ? null : Object.fromEntries(Object.entries(sums).map(([name, n]) => [name, (100 * n) / all]));
}
