import { byHand, clients, contenders, growth, nestPlain, ours, scenarios } from '../scenarios.mjs';
import { format, formatSpread, median } from '../statistics.mjs';
import { describeMachine } from './machine.mjs';

/** @typedef {import('../run-plan.mjs').Row} Row */

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** @param {Row[]} rows */
export function valuesOf(rows, scenario, contender, point) {
  return rows
    .filter((row) => row.scenario === scenario && row.contender === contender)
    .filter((row) => row.point === point)
    .map(({ value }) => value);
}

function ratio(values, base) {
  const quotient = median(values) / median(base);
  return Number.isFinite(quotient) ? `**${quotient.toFixed(2)}**` : '–';
}

function comparisonRow(rows, { name, title, unit }) {
  const of = (contender) => valuesOf(rows, name, contender.name);
  const ratios = [byHand, nestPlain].map((base) => ratio(of(ours), of(base)));
  return [title, unit, ...ratios, ...contenders.map((each) => formatSpread(of(each)))];
}

function comparisonTable(rows, measured) {
  const head = ['scenario', 'unit', `× ${byHand.name}`, `× ${nestPlain.name}`];
  const body = measured
    .filter((scenario) => scenario.table === 'comparison')
    .map((scenario) => comparisonRow(rows, scenario));
  return body.length > 0 && table([...head, ...contenders.map(({ name }) => name)], body);
}

function clientTable(rows, measured) {
  const scenario = measured.find((each) => each.table === 'client');
  if (!scenario) return false;
  const [own, other] = clients.map(({ name }) => valuesOf(rows, scenario.name, name));
  const head = ['client process', 'unit', 'ratio', ...clients.map(({ name }) => name)];
  const cells = [ratio(own, other), formatSpread(own), formatSpread(other)];
  return table(head, [[scenario.title, scenario.unit, ...cells]]);
}

function growthRow(rows, { name, title, unit, points }) {
  const first = valuesOf(rows, name, ours.name, points[0]);
  return points.map((point) => {
    const values = valuesOf(rows, name, ours.name, point);
    const cells = [point.toLocaleString('en-US'), formatSpread(values), ratio(values, first)];
    return values.length > 0 && [title, unit, ...cells];
  });
}

function growthTable(rows) {
  const body = growth.flatMap((each) => growthRow(rows, each)).filter(Boolean);
  const head = ['growth of nestjs-sockets', 'unit', 'at', 'median (range)', '× first'];
  return body.length > 0 && table(head, body);
}

/** @param {Row[]} rows @returns {string} Markdown */
export function reportOf(rows) {
  const measured = scenarios.filter(({ name }) => rows.some((row) => row.scenario === name));
  const rounds = Math.max(...rows.map(({ round }) => round)) + 1;
  return [
    `Median of ${rounds} interleaved rounds (lowest–highest). Ratios: nestjs-sockets to the other; below 1 it costs less.`,
    describeMachine(),
    comparisonTable(rows, measured),
    clientTable(rows, measured),
    growthTable(rows),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** @param {number} value @param {number} base */
export function percentAbove(value, base) {
  return `${value >= base ? '+' : ''}${format((value / base - 1) * 100)} %`;
}
