import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SOURCE = join(import.meta.dirname, '../../src');

/** From what knows nobody to what knows everybody. A folder imports from those above it in this list. */
const FOLDERS = [
  'protocol',
  'logging',
  'contract',
  'envelope',
  'schematics',
  'engine',
  'options',
  'redis',
  'handlers',
  'server/operations',
  'server/flow',
  'server/connection',
  'server/cluster',
  'server/rooms',
  'server/gateways',
  'server/dispatch',
  'server/listening',
  'server',
  'client/core',
  'client/node',
  'client/browser',
  'client',
  'cli/common',
  'cli/connect',
  'cli/bench',
  'cli/doctor',
  'cli',
  'telemetry',
  'terminus',
  'testing',
  'asyncapi/types',
  'asyncapi/decorators',
  'asyncapi/schemas',
  'asyncapi/document',
  'asyncapi/viewer',
  'asyncapi',
  '',
];

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  return [...text.matchAll(/(?:from|import) '(\.\.?\/[^']+)\.js'/g)].map(([, path]) => ({
    from: file,
    to: `${relative(SOURCE, join(SOURCE, dirname(file), path!))}.ts`,
  }));
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const imports = files.flatMap(importsOf);

function folderOf(file: string): string {
  const folder = dirname(file);
  return folder === '.' ? '' : folder;
}

/** The files of an import circle, or nothing. Those that only import types count, too. */
function circleFrom(
  file: string,
  path: readonly string[] = [],
  seen = new Set<string>(),
): string[] {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (seen.has(file)) return [];
  seen.add(file);
  for (const { to } of imports.filter(({ from }) => from === file)) {
    const circle = circleFrom(to, [...path, file], seen);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('The files of src', () => {
  it('lie in folders that this test knows', () => {
    expect(files.map(folderOf).filter((folder) => !FOLDERS.includes(folder))).toEqual([]);
    expect(imports.length).toBeGreaterThan(200);
  });

  it('import in one direction: no folder knows one that is built on it', () => {
    const upwards = imports.filter(
      ({ from, to }) => FOLDERS.indexOf(folderOf(to)) > FOLDERS.indexOf(folderOf(from)),
    );
    expect(upwards).toEqual([]);
  });

  it('import in no circle', () => {
    expect(files.map((file) => circleFrom(file)).filter(({ length }) => length > 0)).toEqual([]);
  });

  it('that are pure know neither Nest nor ws', () => {
    const impure = files
      .filter((file) => /^(protocol|envelope)\//.test(file))
      .filter((file) => /from '(@nestjs|ws)\b/.test(readFileSync(join(SOURCE, file), 'utf8')));
    expect(impure).toEqual([]);
  });

  it('touch private parts of Nest and ws in one adapter for each', () => {
    // `owner['member']` of a value, which gets around `private`, and what ws marks with `_`.
    const touches = /\b(?!env\b)[a-z]\w*\['[a-z]\w*'\]|\._[a-z]/;
    const touching = files.filter((file) => touches.test(readFileSync(join(SOURCE, file), 'utf8')));
    const adapters = ['handlers/nest.internals.ts', 'server/flow/web-socket.receiver.ts'];
    expect(touching.toSorted()).toEqual(adapters);
  });
});
