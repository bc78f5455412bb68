/* A plot of a span on a canvas, with a legend of its latest values and a summary for screen readers. */

import {byId, el, text} from './dom.js';
import {resolved} from './colours.js';
import {clock, day, minute} from './format.js';
import {SHORTEST, SPANS} from './spans.js';

const INCREMENTS_S = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const CLOCK = [
  [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
];

/** @param read makes {series, summary, axis, top} from the points; the canvas is made anew when the series or the span change */
export function plot(name, read) {
  const root = byId(`plot-${name}`);
  const figure = byId(`figure-${name}`);
  const legend = figure.querySelector('.legend');
  let drawn = null;
  let labels = '';
  let content = null;
  let times = []; // in seconds
  let shown = []; // the points
  let span = SHORTEST;
  const caption = figure.querySelector('.panel-head p');
  const before = caption.textContent.replace(SPANS[SHORTEST].words, '');

  new ResizeObserver(() => drawn && drawn.width !== root.clientWidth && drawn.setSize(size())).observe(root);
  const size = () => ({width: root.clientWidth, height: root.clientHeight});

  function restart() {
    drawn?.destroy();
    drawn = null;
  }

  function show(points, shownSpan) {
    shown = points;
    span = shownSpan;
    content = read(points, SPANS[span].stepS);
    const now = span + content.series.map((series) => `\n${series.label}`).join('');
    if (now !== labels) {
      restart();
      labels = now;
    }
    times = points.map((point) => point.time_ms / 1000);
    const data = [times, ...content.series.map((series) => series.values)];
    if (drawn) {
      drawn.setData(data);
    } else {
      legend.replaceChildren(...content.series.map(entry));
      drawn = new uPlot(options(content, SPANS[span], size(), readOut), data, root);
    }
    readOut(drawn.cursor.idx ?? null);
    text(byId(`summary-${name}`), content.summary);
  }

  function entry(series) {
    const swatch = el('span', {class: 'swatch', 'data-dashed': series.dash ? '' : null});
    swatch.style.setProperty('--colour', series.colour);
    return el('li', {}, swatch, el('span', {class: 'name'}, series.label), el('span', {class: 'value'}));
  }

  /** Shows the values and the time under the pointer, else the latest values. */
  function readOut(index) {
    text(caption, times[index] === undefined ? before + SPANS[span].words : when(shown[index], shown.at(-1), span));
    content.series.forEach((series, i) => {
      const values = series.shown ?? series.values;
      const value = times[index] === undefined ? values.at(-1) : values[index];
      text(legend.children[i].querySelector('.value'), series.words(value ?? null));
    });
  }

  return {show, restart};
}

/** Returns the time of a step in words, with its date if that isn't the newest step's. */
function when(point, newest, span) {
  const date = (time) => (day(time) === day(newest.time_ms) ? '' : `${day(time)}, `);
  const at = span === '24h' ? minute : clock;
  if (span === SHORTEST && !point.gap) {
    return `at ${date(point.time_ms)}${clock(point.time_ms)}`;
  }
  const [from, to] = point.gap ?? [point.time_ms - point.duration_ms, point.time_ms];
  const between = `${date(from)}${at(from)} to ${date(to) === date(from) ? '' : `${day(to)}, `}${at(to)}`;
  return point.gap ? `no reading ${between}` : between;
}

function options(content, span, size, readOut) {
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
      x: {time: true, range: (self) => last(span, self.data[0])},
      y: {range: (self, low, high) => [0, content.top ?? Math.max(1, (high ?? 0) * 1.1)]},
    },
    axes: [
      {...axis, space: 56, size: 28, values: span.lengthS > 3600 ? hours : CLOCK, incrs: INCREMENTS_S},
      {...axis, size: 44, space: 32, values: (self, splits) => splits.map(content.axis)},
    ],
    series: [{}, ...content.series.map(line)],
    hooks: {setCursor: [(self) => readOut(self.cursor.idx ?? null)]},
  };
}

/** Returns the marks of a day's axis: the hour, at midnight the date. */
const hours = (self, splits) => splits.map((second) => (minute(second * 1000) === '00:00' ? day : minute)(second * 1000));

/**
 * Returns the range of the time axis, by the gateway's clock, which may differ from the browser's. The newest point is
 * at the right. Before the gateway has run for the whole span, the axis begins at its start, so that the first minutes
 * aren't a sliver.
 */
function last({lengthS, shortestS}, times) {
  const end = times.at(-1) ?? Date.now() / 1000;
  const begin = Math.min(times[0] ?? 0, end - shortestS);
  return [Math.max(begin, end - lengthS), end];
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
