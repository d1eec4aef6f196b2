import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { gauge, totals } from '../../src/telemetry/server-instruments.js';
import { resolveTelemetryOptions } from '../../src/telemetry/telemetry.options.js';
import { MarkdownDocument, unquoted } from './markdown.js';

const document = new MarkdownDocument('src/telemetry/TELEMETRY.md');

/** Those that are made where the calls of handlers and the pushes are counted. */
const OTHERS = [
  'nestjs_sockets.handler.calls',
  'nestjs_sockets.handler.failures',
  'rpc.server.call.duration',
  'nestjs_sockets.fan_out',
];

const UNITS: Readonly<Record<string, string>> = { By: 'bytes', '1': '0 or 1' };

function withoutQuotes(value: unknown): string {
  return value === undefined ? 'the global ones' : inspect(value).replaceAll("'", '');
}

describe('TELEMETRY.md', () => {
  const rows = document.table('metric', 'unit', 'attributes');

  it('lists the metrics that there are, and no others', () => {
    const made = [...totals, ...gauge].map(({ name }) => name);
    const listed = rows.map(([name = '']) => unquoted(name));
    expect(listed.toSorted()).toEqual([...made, ...OTHERS].toSorted());
  });

  it('gives them the units that they have', () => {
    const units = new Map(rows.map(([name = '', unit]) => [unquoted(name), unit]));
    for (const { name, unit } of [...totals, ...gauge]) {
      expect([name, units.get(name)]).toEqual([name, UNITS[unit] ?? `${unit.slice(1, -1)}s`]);
    }
  });

  it('lists the options with their defaults, and no others', () => {
    const listed = document
      .table('option of `openTelemetry()`', 'default')
      .flatMap(([names = '', value = '']) =>
        names.split(', ').map((name) => [unquoted(name), unquoted(value)]),
      );
    const inForce = Object.entries(resolveTelemetryOptions({}));
    const written = inForce.map(([name, value]) => [name, withoutQuotes(value)]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(written));
  });
});
