import type { Finding, Tell } from '../attacks/support/finding.js';
import { flood } from '../attacks/scenarios/floods.scenario.js';
import { mutateFrames } from '../attacks/scenarios/mutations.scenario.js';
import { reorderFrames, replayFrames } from '../attacks/scenarios/replays.scenario.js';
import { violateWebSocket } from '../attacks/scenarios/violations.scenario.js';

import { FLOOD_NAMES } from '../attacks/support/floods.js';
import { MUTATION_KINDS } from '../attacks/support/mutations.js';
import { REPLAY_KINDS } from '../attacks/support/replays.js';

/** One scenario at the size of a soak. */
export interface Suite {
  readonly name: string;
  run(scale: number, tell: Tell): Promise<Finding>;
}

/** Under attack an honest client may wait so many times longer than without. */
const MAX_RATIO = 5;

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
  ...REPLAY_KINDS.map((kind) => ({
    name: `replays: ${kind}`,
    run: (scale: number, tell: Tell) =>
      replayFrames({ kind, attempts: scaled(1_000, scale) }, tell),
  })),
  {
    name: 'replays: reordered',
    run: (scale) => reorderFrames({ frames: scaled(1_000, scale) }),
  },
  ...FLOOD_NAMES.map((name) => ({
    name: `floods: ${name}`,
    run: (scale: number, tell: Tell) => {
      const windows = scaled(4, scale);
      return flood({ flood: name, windows, milliseconds: 1_500, maxRatio: MAX_RATIO }, tell);
    },
  })),
];
