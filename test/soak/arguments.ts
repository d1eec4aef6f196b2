import { parseArgs } from 'node:util';

export interface SoakArguments {
  /** Beginnings of the names of suites; empty for all. */
  readonly only: readonly string[];
  /** 1 is full size. */
  readonly scale: number;
}

const USAGE = 'npm run test:soak -- [--only name,name] [--scale 0.1]';

/** @throws Error that shows the usage */
export function readArguments(args: readonly string[]): SoakArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string', default: '' }, scale: { type: 'string', default: '1' } },
  });
  const scale = Number(values.scale);
  if (!(scale > 0)) throw new Error(`--scale takes a number above 0. Usage: ${USAGE}`);
  const only = values.only.split(',').map((name) => name.trim());
  return { only: only.filter((name) => name !== ''), scale };
}
