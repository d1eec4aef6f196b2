import { growth, ours } from '../scenarios.mjs';
import { chartPanel } from './chart-panel.mjs';
import { valuesOf } from './tables.mjs';

const COLUMN = 390;
const ROW = 255;
const WIDTH = 2 * COLUMN + 10;
const HEIGHT = 2 * ROW + 80;

// The card brings its own background, so that it can be read on any page.
const STYLE = `
.card { fill: #ffffff; stroke: #d0d7de; }
text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #57606a; }
.heading { font-size: 16px; font-weight: 600; fill: #1f2328; }
.title, .value { font-weight: 600; fill: #1f2328; }
.title { font-size: 13px; }
.grid { stroke: #d8dee4; }
.band { fill: #0969da; opacity: 0.12; }
.line { fill: none; stroke: #0969da; stroke-width: 2; }
.range { stroke: #0969da; stroke-width: 6; opacity: 0.35; }
.dot { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  .card { fill: #0d1117; stroke: #30363d; }
  text { fill: #9198a1; }
  .heading, .title, .value { fill: #f0f6fc; }
  .grid { stroke: #30363d; }
  .band { fill: #4493f8; opacity: 0.2; }
  .line, .range { stroke: #4493f8; }
  .dot { fill: #4493f8; }
}`;

function legend(rounds) {
  const y = HEIGHT - 18;
  return `<line class="line" x1="62" x2="86" y1="${y}" y2="${y}"/>
<circle class="dot" cx="74" cy="${y}" r="4"/>
<text x="94" y="${y}" dy="0.35em">median of ${rounds} rounds</text>
<line class="range" x1="238" x2="238" y1="${y - 8}" y2="${y + 8}"/>
<text x="250" y="${y}" dy="0.35em">lowest to highest round</text>
<rect class="band" x="410" y="${y - 7}" width="24" height="14"/>
<text x="442" y="${y}" dy="0.35em">within 15 % of the first point</text>`;
}

function seriesOf(rows, { name, points }) {
  return points
    .map((point) => ({ point, values: valuesOf(rows, name, ours.name, point) }))
    .filter(({ values }) => values.length > 0);
}

function place(panel, index) {
  const x = 10 + (index % 2) * COLUMN;
  const y = 50 + Math.floor(index / 2) * ROW;
  return `<g transform="translate(${x} ${y})">\n${panel}\n</g>`;
}

/**
 * @param {import('../run-plan.mjs').Row[]} rows
 * @returns {string | undefined} SVG; nothing where a growth scenario has not two points
 */
export function growthChart(rows) {
  const all = growth.map((each) => ({ each, series: seriesOf(rows, each) }));
  if (all.some(({ series }) => series.length < 2)) return undefined;
  const rounds = Math.max(
    ...all.flatMap(({ series }) => series.map(({ values }) => values.length)),
  );
  const panels = all.map(({ each, series }, index) => place(chartPanel(each, series), index));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="How the cost of nestjs-sockets grows">
<style>${STYLE}
</style>
<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8"/>
<text class="heading" x="62" y="30">nestjs-sockets: what grows with the load, and what does not</text>
${panels.join('\n')}
${legend(rounds)}
</svg>
`;
}
