import type { Finding, Tell } from '../attacks/support/finding.js';
import { mutateFrames } from '../attacks/scenarios/mutations.scenario.js';
import { violateWebSocket } from '../attacks/scenarios/violations.scenario.js';

import { MUTATION_KINDS } from '../attacks/support/mutations.js';

/** One scenario at the size of a soak. */
export interface Suite {
  readonly name: string;
  run(scale: number, tell: Tell): Promise<Finding>;
}

/** So many at full size, and never none. */
const scaled = (count: number, scale: number) => Math.max(1, Math.round(count * scale));

export const SUITES: readonly Suite[] = [
  {
    name: 'violations',
    run: (scale, tell) => violateWebSocket({ connections: scaled(20_000, scale) }, tell),
  },
  ...MUTATION_KINDS.map((kind) => ({
    name: `mutations: ${kind}`,
    run: (scale: number, tell: Tell) => mutateFrames({ kind, runs: scaled(100_000, scale) }, tell),
  })),
];
