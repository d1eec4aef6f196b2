import {
  byHand,
  clients,
  contenders,
  growth,
  nestPlain,
  ours,
  scenarios,
  versionContenders,
  workerContenders,
} from '../scenarios.mjs';
import { format, formatSpread, median } from '../statistics.mjs';
import { describeMachine } from './machine.mjs';

/** @typedef {import('../run-plan.mjs').Row} Row */

/** @param {string[]} head @param {string[][]} rows @returns {string} Markdown */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** @param {Row[]} rows */
export function valuesOf(rows, scenario, contender, point, figure = 'value') {
  return rows
    .filter((row) => row.scenario === scenario && row.contender === contender)
    .filter((row) => row.point === point)
    .map((row) => row[figure]);
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

function workersTable(rows, measured) {
  const body = measured
    .filter((scenario) => scenario.table === 'workers')
    .flatMap((scenario) => workersRows(rows, scenario));
  const head = ['workers beside light clients', '', ...workerContenders.map(({ name }) => name)];
  return body.length > 0 && table([...head, `× ${byHand.name}`], body);
}

function workersRows(rows, { name, title }) {
  const figures = {
    value: 'requests/s of the workers',
    p95: 'light p95, ms',
    p99: 'light p99, ms',
  };
  return Object.entries(figures).map(([figure, what]) => {
    const of = (contender) => valuesOf(rows, name, contender.name, undefined, figure);
    const cells = workerContenders.map((each) => formatSpread(of(each)));
    return [title, what, ...cells, ratio(of(ours), of(byHand))];
  });
}

function hallTable(rows, measured) {
  const scenario = measured.find((each) => each.table === 'hall');
  if (!scenario) return false;
  const [whole, alone] = scenario.contenders.map(({ name }) => valuesOf(rows, scenario.name, name));
  const head = ['game hall', 'unit', ...scenario.contenders.map(({ name }) => name), 'ratio'];
  const cells = [formatSpread(whole), formatSpread(alone), ratio(whole, alone)];
  return table(head, [[scenario.title, scenario.unit, ...cells]]);
}

/** How long the replies to a burst took, that all came at once. */
function burstTable(rows, measured) {
  const body = measured
    .filter(({ load }) => load.drive === 'burst')
    .map(({ name, title, contenders: all }) => {
      const p99 = (contender) => valuesOf(rows, name, contender.name, undefined, 'p99');
      const cells = all.map((each) => `${each.name} ${formatSpread(p99(each))}`);
      return [title, cells.join(', ')];
    });
  return body.length > 0 && table(['bursts', '99 of 100 replies came within, ms'], body);
}

function clientTable(rows, measured) {
  const scenario = measured.find((each) => each.table === 'client');
  if (!scenario) return false;
  const [own, other] = clients.map(({ name }) => valuesOf(rows, scenario.name, name));
  const head = ['client process', 'unit', 'ratio', ...clients.map(({ name }) => name)];
  const cells = [ratio(own, other), formatSpread(own), formatSpread(other)];
  return table(head, [[scenario.title, scenario.unit, ...cells]]);
}

const BASES = ['version 1', 'Nest plain', 'Nest over TLS', 'ws plain'];

function versionRow(rows, { name, title, unit }) {
  const of = (contender) => valuesOf(rows, name, contender);
  const ratios = BASES.map((base) => ratio(of('version 2'), of(base)));
  return [title, unit, ...ratios, ...versionContenders.map((each) => formatSpread(of(each.name)))];
}

function versionTable(rows, measured) {
  const head = ['version 2', 'unit', ...BASES.map((base) => `× ${base}`)];
  const body = measured
    .filter((scenario) => scenario.table === 'version2')
    .map((scenario) => versionRow(rows, scenario));
  return body.length > 0 && table([...head, ...versionContenders.map(({ name }) => name)], body);
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
    workersTable(rows, measured),
    hallTable(rows, measured),
    burstTable(rows, measured),
    clientTable(rows, measured),
    versionTable(rows, measured),
    growthTable(rows),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** @param {number} value @param {number} base */
export function percentAbove(value, base) {
  return `${value >= base ? '+' : ''}${format((value / base - 1) * 100)} %`;
}
