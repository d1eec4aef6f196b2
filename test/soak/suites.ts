import type { Finding, Tell } from '../attacks/support/finding.js';
import { broadcastToSleepers } from '../attacks/scenarios/broadcast.scenario.js';
import { churn } from '../attacks/scenarios/churn.scenario.js';
import { flood } from '../attacks/scenarios/floods.scenario.js';
import { freezePeers } from '../attacks/scenarios/frozen-peers.scenario.js';
import { checkHistory } from '../attacks/scenarios/history.scenario.js';
import { killServer } from '../attacks/scenarios/kills.scenario.js';
import { hogMemory } from '../attacks/scenarios/memory.scenario.js';
import { mutateFrames } from '../attacks/scenarios/mutations.scenario.js';
import { reorderFrames, replayFrames } from '../attacks/scenarios/replays.scenario.js';
import { timeRefusals } from '../attacks/scenarios/refusals.scenario.js';
import { askWithoutReading } from '../attacks/scenarios/unread-replies.scenario.js';
import { storm } from '../attacks/scenarios/reconnect-storm.scenario.js';
import { stress } from '../attacks/scenarios/stress.scenario.js';
import { violateWebSocket } from '../attacks/scenarios/violations.scenario.js';

import { FLOOD_NAMES } from '../attacks/support/floods.js';
import { HOG_NAMES, type HogName } from '../attacks/support/memory-hogs.js';
import { MUTATION_KINDS } from '../attacks/support/mutations.js';
import { REPLAY_KINDS } from '../attacks/support/replays.js';

/** One scenario at the size of a soak. */
export interface Suite {
  readonly name: string;
  run(scale: number, tell: Tell): Promise<Finding>;
}

/** Under attack an honest client may wait so many times longer than without. */
const MAX_RATIO = 5;

/** The server acts on a slow peer after a second, and cuts it after another. */
const MAX_DROP_TIME = 2_500;

/** So many that what is made once does not count, and that all of them together fit into the heap. */
function hogsOf(hog: HogName): number {
  if (hog.endsWith('idle')) return 2_000;
  return hog.includes('requests in flight') ? 4 : 20;
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
  ...REPLAY_KINDS.map((kind) => ({
    name: `replays: ${kind}`,
    run: (scale: number, tell: Tell) =>
      replayFrames({ kind, attempts: scaled(1_000, scale) }, tell),
  })),
  {
    name: 'replays: reordered',
    run: (scale) => reorderFrames({ frames: scaled(1_000, scale) }),
  },
  {
    name: 'refusals',
    run: (scale) => timeRefusals({ attempts: scaled(500, scale) }),
  },
  ...FLOOD_NAMES.map((name) => ({
    name: `floods: ${name}`,
    run: (scale: number, tell: Tell) => {
      const windows = scaled(4, scale);
      return flood({ flood: name, windows, milliseconds: 1_500, maxRatio: MAX_RATIO }, tell);
    },
  })),
  ...(['close', 'drop'] as const).map((policy) => ({
    name: `broadcast: ${policy}`,
    run: (scale: number, tell: Tell) => {
      const size = { readers: scaled(990, scale), sleepers: scaled(10, scale), messages: 200 };
      const bytes = 16 * 1024;
      return broadcastToSleepers({ ...size, bytes, policy, maxDropTime: MAX_DROP_TIME }, tell);
    },
  })),
  {
    name: 'unread replies',
    run: (scale) => askWithoutReading({ peers: scaled(20, scale), maxDropTime: MAX_DROP_TIME }),
  },
  {
    name: 'frozen',
    run: (scale) =>
      freezePeers({ peers: scaled(50, scale), heartBeatInterval: 1_000, maxHeartBeats: 3 }),
  },
  {
    name: 'kills: default delays',
    run: (scale, tell) =>
      killServer({ clients: 50, kills: scaled(10, scale), reconnect: {} }, tell),
  },
  {
    name: 'kills: short delays',
    run: (scale, tell) => {
      const reconnect = { baseDelay: 100, maxDelay: 1_000 };
      return killServer({ clients: 50, kills: scaled(10, scale), reconnect }, tell);
    },
  },
  {
    name: 'churn',
    run: (scale, tell) => {
      const batches = scaled(40, scale);
      return churn({ batches, connectionsPerBatch: 1_000, maxBytesPerConnection: 32 }, tell);
    },
  },
  {
    name: 'history',
    run: (scale, tell) =>
      checkHistory({ seconds: scaled(600, scale), seed: Date.now() % 1e6 }, tell),
  },
  {
    name: 'stress',
    run: (scale, tell) =>
      stress({ connections: 200, seconds: scaled(600, scale), seed: Date.now() % 1e6 }, tell),
  },
  ...HOG_NAMES.map((hog) => ({
    name: `memory: ${hog}`,
    run: (scale: number) => hogMemory({ hog, connections: scaled(hogsOf(hog), scale) }),
  })),
  {
    name: 'storm',
    run: (scale, tell) => {
      const clients = 4 * scaled(250, scale);
      return storm({ clients, processes: 4, authDelay: 500, reconnect: {}, maxSeconds: 90 }, tell);
    },
  },
];
