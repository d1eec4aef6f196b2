// One panel of the chart: a line of medians with their ranges, over a growing number.
import { format, median } from '../statistics.mjs';

const PLOT = { left: 52, top: 44, width: 300, height: 150 };
const TICKS = 4;
const NICE_STEPS = [1, 2, 2.5, 5, 10];

/** A round number, a quarter of which is round as well. */
function niceMaximum(value) {
  const step = value / TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(step));
  return magnitude * NICE_STEPS.find((nice) => nice * magnitude >= step) * TICKS;
}

function scalesOf(series) {
  const [first, last] = [series[0].point, series.at(-1).point].map(Math.log10);
  const maximum = niceMaximum(Math.max(...series.flatMap(({ values }) => values)) * 1.1);
  return {
    maximum,
    x: (point) => PLOT.left + ((Math.log10(point) - first) / (last - first)) * PLOT.width,
    y: (value) => PLOT.top + PLOT.height * (1 - value / maximum),
  };
}

function gridLine({ maximum, y }, index) {
  const value = (maximum / TICKS) * index;
  const at = y(value).toFixed(1);
  const right = PLOT.left + PLOT.width;
  return `<line class="grid" x1="${PLOT.left}" x2="${right}" y1="${at}" y2="${at}"/>
<text class="tick" x="${PLOT.left - 8}" y="${at}" dy="0.35em" text-anchor="end">${Number(value.toFixed(2))}</text>`;
}

function band({ y }, values) {
  const middle = median(values);
  const top = y(middle * 1.15);
  const height = (y(middle * 0.85) - top).toFixed(1);
  return `<rect class="band" x="${PLOT.left}" y="${top.toFixed(1)}" width="${PLOT.width}" height="${height}"/>`;
}

function pointMark({ x, y }, { point, values }) {
  const at = x(point).toFixed(1);
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) =>
    y(value).toFixed(1),
  );
  const middle = y(median(values));
  return `<line class="range" x1="${at}" x2="${at}" y1="${low}" y2="${high}"/>
<circle class="dot" cx="${at}" cy="${middle.toFixed(1)}" r="4"/>
<text class="value" x="${at}" y="${(Number(high) - 9).toFixed(1)}" text-anchor="middle">${format(median(values))}</text>
<text class="tick" x="${at}" y="${PLOT.top + PLOT.height + 16}" text-anchor="middle">${point.toLocaleString('en-US')}</text>`;
}

/**
 * @param {{ title: string, unit: string, axis: string }} growth
 * @param {{ point: number, values: number[] }[]} series
 * @returns {string} an SVG group of 380 by 245
 */
export function chartPanel({ title, unit, axis }, series) {
  const scales = scalesOf(series);
  const line = series.map(({ point, values }) =>
    [scales.x(point), scales.y(median(values))].map((number) => number.toFixed(1)).join(','),
  );
  const center = PLOT.left + PLOT.width / 2;
  return [
    `<text class="title" x="${PLOT.left}" y="18">${title}</text>`,
    `<text class="tick" x="${PLOT.left}" y="34">${unit}</text>`,
    band(scales, series[0].values),
    ...Array.from({ length: TICKS + 1 }, (_, index) => gridLine(scales, index)),
    `<polyline class="line" points="${line.join(' ')}"/>`,
    ...series.map((each) => pointMark(scales, each)),
    `<text class="tick" x="${center}" y="${PLOT.top + PLOT.height + 36}" text-anchor="middle">${axis}</text>`,
  ].join('\n');
}
