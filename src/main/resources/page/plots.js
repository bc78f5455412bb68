/* The last 15 minutes as three plots, each with a legend of its latest values and a summary for screen readers. */

import {byId, el, text} from './dom.js';
import {count, millis, rate} from './format.js';
import {colourOf, resolved, shareColour} from './colours.js';
import {OUTCOMES} from './totals.js';

const SPAN_S = 900;
const SHORTEST_S = 120;
const MOST = 300;
const CLOCK = [
  [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
];
const SHARE_STEPS = 5; // shares are over 15 s: over three seconds with a few requests they would jump

const MOST_SHARES = 50; // what has less is summed up
const OTHERS = 'all others';

export function plots() {
  let points = [];
  let stepS = 3;
  let kind = 'backends';
  const all = [ratePlot(), latencyPlot(), sharePlot(() => kind)];

  const draw = () => all.forEach((plot) => plot.show(points, stepS));
  const redraw = () => all.forEach((plot) => plot.restart());
  document.addEventListener('themechange', () => {
    redraw();
    draw();
  });

  return {
    history(history) {
      stepS = history.step_ms / 1000;
      points = history.points.slice(-MOST);
      draw();
    },
    point(point) {
      points = [...points.filter((other) => other.time_ms < point.time_ms), point].slice(-MOST);
      draw();
    },
    /** Shows the shares of backends or of routes. */
    by(wanted) {
      if (wanted !== kind) {
        kind = wanted;
        const one = kind === 'routes' ? 'route' : 'backend';
        const figure = byId('figure-share');
        text(figure.querySelector('h3'), `Share of each ${one}`);
        figure.querySelector('.legend').setAttribute('aria-label', `Share of each ${one}`);
        byId('plot-share').setAttribute('aria-label', `Plot of each ${one}'s share of the requests`);
        draw();
      }
    },
  };
}

/* --- the three ---------------------------------------------------------------------------------------------------- */

function ratePlot() {
  return plot('rate', (points, stepS) => {
    const shown = OUTCOMES.filter((outcome, i) => i < 3 || points.some((point) => point[outcome] > 0));
    const series = shown.map((outcome) => ({
      label: outcome,
      colour: colourOf(outcome),
      fill: outcome === 'served',
      dash: {limited: [6, 3], rejected: [2, 3], abandoned: [2, 3]}[outcome],
      values: points.map((point) => (point[outcome] ?? 0) / stepS),
      words: (value) => `${rate(value)}/s`,
    }));
    const peak = Math.max(0, ...series[0].values);
    const sums = series.map((one) => Math.round(one.values.reduce((sum, value) => sum + value * stepS, 0)));
    const what = shown.map((outcome, i) => `${count(sums[i])} ${outcome}`).join(', ');
    const most = peak > 0 ? `; at most ${rate(peak)} served per second.` : '.';
    const summary = sums.some((sum) => sum > 0) ? what + most : 'No requests.';
    return {series, summary, axis: (value) => (value < 10 ? String(+value.toFixed(1)) : rate(value))};
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
  return plot('share', (points) => {
    const all = points.map((point) => point[kind()] ?? {});
    const names = largest(all);
    const counts = all.map((of) => summedUp(of, names));
    const shares = counts.map((_, i) => sharesAround(counts, i));
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
    const summary = names.length === 0 ? `No ${kind() === 'routes' ? 'route' : 'backend'} got a request.` : `Lately: ${now.slice(0, 6).join(', ')}${more}.`;
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

/** Returns each name's share in percent over the steps up to this one; null without requests. */
function sharesAround(steps, i) {
  const sums = {};
  let all = 0;
  for (const step of steps.slice(Math.max(0, i - SHARE_STEPS + 1), i + 1)) {
    for (const [name, n] of Object.entries(step)) {
      sums[name] = (sums[name] ?? 0) + n;
      all += n;
    }
  }
  return all === 0 ? null : Object.fromEntries(Object.entries(sums).map(([name, n]) => [name, (100 * n) / all]));
}

/* --- what they share ---------------------------------------------------------------------------------------------- */

/** @param read makes {series, summary, axis, top} from the points; the canvas is made anew when the series change */
function plot(name, read) {
  const root = byId(`plot-${name}`);
  const figure = byId(`figure-${name}`);
  const legend = figure.querySelector('.legend');
  let drawn = null;
  let labels = '';
  let content = null;

  new ResizeObserver(() => drawn && drawn.width !== root.clientWidth && drawn.setSize(size())).observe(root);
  const size = () => ({width: root.clientWidth, height: root.clientHeight});

  function restart() {
    drawn?.destroy();
    drawn = null;
  }

  function show(points, stepS) {
    content = read(points, stepS);
    const now = content.series.map((series) => series.label).join('\n');
    if (now !== labels) {
      restart();
      labels = now;
    }
    const times = points.map((point) => point.time_ms / 1000);
    const data = [times, ...content.series.map((series) => series.values)];
    if (drawn) {
      drawn.setData(data);
    } else {
      legend.replaceChildren(...content.series.map(entry));
      drawn = new uPlot(options(content, size(), readOut), data, root);
    }
    readOut(null);
    text(byId(`summary-${name}`), content.summary);
  }

  function entry(series) {
    const swatch = el('span', {class: 'swatch', 'data-dashed': series.dash ? '' : null});
    swatch.style.setProperty('--colour', series.colour);
    return el('li', {}, swatch, el('span', {class: 'name'}, series.label), el('span', {class: 'value'}));
  }

  /** Shows the values under the pointer, else the latest. */
  function readOut(index) {
    content.series.forEach((series, i) => {
      const values = series.shown ?? series.values;
      const value = index === null ? values.at(-1) : values[index];
      text(legend.children[i].querySelector('.value'), series.words(value ?? null));
    });
  }

  return {show, restart};
}

function options(content, size, readOut) {
  const ink = resolved('var(--muted)');
  const grid = {stroke: resolved('var(--grid)'), width: 1};
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = {stroke: ink, font, grid, ticks: {show: false}};
  return {
    ...size,
    padding: [8, 16, 0, 0],
    legend: {show: false},
    cursor: {y: false, drag: {x: false, y: false}, sync: {key: 'dashboard'}, points: {size: 7}},
    scales: {
      x: {time: true, range: lastQuarter},
      y: {range: (self, low, high) => [0, content.top ?? Math.max(1, (high ?? 0) * 1.1)]},
    },
    axes: [
      {...axis, space: 64, size: 28, values: CLOCK, incrs: [30, 60, 120, 300]},
      {...axis, size: 44, space: 32, values: (self, splits) => splits.map(content.axis)},
    ],
    series: [{}, ...content.series.map(line)],
    hooks: {setCursor: [(self) => readOut(self.cursor.idx ?? null)]},
  };
}

/**
 * Returns the range of the time axis, by the gateway's clock, which may differ from the browser's. The newest point is
 * at the right. Before the gateway has run for a quarter of an hour, the axis begins at its start, so that the first
 * minutes aren't a sliver.
 */
function lastQuarter(self) {
  const times = self.data[0];
  const end = times.at(-1) ?? Date.now() / 1000;
  const begin = Math.min(times[0] ?? 0, end - SHORTEST_S);
  return [Math.max(begin, end - SPAN_S), end];
}

function line(series) {
  const colour = resolved(series.colour);
  return {
    label: series.label,
    stroke: series.opaque ? resolved('var(--surface)') : colour,
    fill: series.opaque ? colour : series.fill ? resolved(`color-mix(in srgb, ${series.colour} 16%, transparent)`) : undefined,
    width: series.opaque ? 1 : 1.75,
    dash: series.dash,
    points: series.opaque ? {show: false} : {show: true, size: 4, fill: colour, width: 0, filter: alone},
    spanGaps: false,
  };
}

/** Returns the points without neighbours, which are drawn as dots, since a line needs two points. */
function alone(self, index) {
  const values = self.data[index];
  const missing = (value) => value === null || value === undefined;
  return values.flatMap((value, i) => (!missing(value) && missing(values[i - 1]) && missing(values[i + 1]) ? [i] : []));
}
