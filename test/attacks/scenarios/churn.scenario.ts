import { DEFAULT_LIMITS } from '../../../src/protocol/limits.js';
import type { AttackedServer } from '../support/attacked-server.js';
import {
  finding,
  formatBytes,
  formatCount,
  type Finding,
  type Promises,
  type Tell,
} from '../support/finding.js';
import { inBatches } from '../support/in-batches.js';
import { Scene } from '../support/scene.js';
import { slope } from '../support/statistics.js';

const { maxUnauthenticatedConnectionsPerIp: admitted } = DEFAULT_LIMITS;
const SURVIVORS = 10;
// The memory that grows until a window is full is no leak: here the window is full at once.
const AUTH_REPLAY_WINDOW = 256;
// Until everything is compiled, and every pool has its size.
const WARM_UP_BATCHES = 2;

export interface ChurnSize {
  readonly batches: number;
  readonly connectionsPerBatch: number;
  /** How many bytes of the heap a connection may leave behind, as far as they can be measured. */
  readonly maxBytesPerConnection: number;
}

/** Connections come and go in every way, thousands of them; what they leave behind is measured. */
export function churn(size: ChurnSize, tell?: Tell): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server({
      maxAuthFailuresPerMinute: Infinity,
      authReplayWindow: AUTH_REPLAY_WINDOW,
    });
    await scene.fleet(server, { name: 'survivor', size: SURVIVORS, reconnect: false });
    const attacker = await scene.attacker();
    const { batches, connectionsPerBatch } = size;
    const failures: string[] = [];
    const heap: [connections: number, bytes: number][] = [];
    for (let batch = 0; batch < WARM_UP_BATCHES + batches; batch++) {
      const wrong = await inBatches(connectionsPerBatch, undefined, (from, count) =>
        attacker.call('churn', server.target, from, count),
      );
      failures.push(...wrong);
      await server.process.call('untilSocketsLeft', SURVIVORS);
      const { heapUsed } = await server.process.call('memory');
      if (batch >= WARM_UP_BATCHES) heap.push([batch * connectionsPerBatch, heapUsed]);
      tell?.(`${formatCount((batch + 1) * connectionsPerBatch)}, heap ${formatBytes(heapUsed)}`);
    }
    const promises = await judgeCounts(server);
    const letIn = await attacker.call('countAdmitted', server.target, admitted + 10);
    const growth = slope(heap);
    return finding(
      {
        suite: 'Churn',
        howMuch: `${formatCount((WARM_UP_BATCHES + batches) * connectionsPerBatch)} connections of 7 kinds`,
        seen: `heap slope ${growth.toFixed(1)} bytes per connection; ${letIn} unauthenticated connections let in afterwards`,
      },
      {
        ...promises,
        'nothing unexpected happens to a connection': failures,
        'the limits let in as many as before': letIn === admitted,
        [`a connection leaves at most ${size.maxBytesPerConnection} bytes`]:
          growth <= size.maxBytesPerConnection,
      },
    );
  });
}

async function judgeCounts(server: AttackedServer): Promise<Promises> {
  const roles = await server.process.call('roles');
  const { connections, authenticated } = await server.stats();
  const sockets = await server.process.call('countSockets');
  return {
    'the clientMap holds the live clients and no ghosts':
      roles.length === SURVIVORS && new Set(roles).size === SURVIVORS,
    'stats() counts as many': connections === SURVIVORS && authenticated === SURVIVORS,
    'so does the operating system': sockets === SURVIVORS,
  };
}
