import { element } from './elements.js';

const SVG = 'http://www.w3.org/2000/svg';
const NARROWEST = 200;
const HEIGHT = 140;
const LABEL_WIDTH = 44;

/** Bars, one for each second, the latest at the right. */
export function showChart(perSecond: readonly number[]): void {
  const most = Math.max(1, ...perSecond);
  const all = Math.max(NARROWEST, element('chart').clientWidth);
  const svg = node('svg', { viewBox: `0 0 ${all} ${HEIGHT}`, role: 'img' });
  const latest = perSecond.at(-2) ?? 0;
  svg.setAttribute('aria-label', `At most ${most} games in a second, ${latest} in the last one`);
  const width = (all - LABEL_WIDTH) / perSecond.length;
  const bars = perSecond.map((count, index) =>
    node('rect', {
      x: LABEL_WIDTH + index * width,
      y: HEIGHT - (HEIGHT - 12) * (count / most),
      width: Math.max(1, width - 1),
      height: (HEIGHT - 12) * (count / most),
    }),
  );
  svg.append(node('line', { x1: LABEL_WIDTH, y1: HEIGHT, x2: all, y2: HEIGHT }), ...bars);
  svg.append(label(most, 14), label(0, HEIGHT - 2));
  element('chart').replaceChildren(svg);
}

function label(value: number, y: number): SVGElement {
  const text = node('text', { x: LABEL_WIDTH - 6, y, 'text-anchor': 'end' });
  text.textContent = value.toLocaleString('en-US');
  return text;
}

function node(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
