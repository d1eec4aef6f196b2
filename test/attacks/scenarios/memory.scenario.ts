import type { AttackedServer } from '../support/attacked-server.js';
import { finding, formatBytes, formatCount, type Finding } from '../support/finding.js';
import { HOGS, type Hog, type HogName } from '../support/memory-hogs.js';
import { Scene } from '../support/scene.js';
import type { MemoryInUse } from '../support/server.process.js';

export interface MemorySize {
  readonly hog: HogName;
  readonly connections: number;
}

/** Connections that each make the server keep as much as it lets them: bytes for each of them. */
export function hogMemory({ hog, connections }: MemorySize): Promise<Finding> {
  const { bound, handlersInFlight }: Hog = HOGS[hog];
  return Scene.play(async (scene) => {
    const server = await startPatientServer(scene);
    const attacker = await scene.attacker();
    // Whatever is made once is made now.
    await attacker.call('grabMemory', 'authenticated, idle', server.target, 1);
    const before = await server.process.call('memory');
    await attacker.call('grabMemory', hog, server.target, connections);
    await server.process.call('untilHeld', handlersInFlight * connections);
    const after = await server.process.call('memory');
    const held = await server.process.call('countHeld');
    const bytes = (inUse(after) - inUse(before)) / connections;
    const rss = (after.rss - before.rss) / connections;
    const { connections: open } = await server.stats();
    return finding(
      {
        suite: `Memory: ${hog}`,
        howMuch: `${formatCount(connections)} connections`,
        seen: `${formatBytes(bytes)} of heap and buffers for each of at most ${formatBytes(bound)} (RSS: ${formatBytes(rss)})`,
      },
      {
        'the connections are there': open >= connections,
        'as many handlers work as may': held === handlersInFlight * connections,
        'each takes no more than its limits let it': bytes <= bound,
      },
    );
  });
}

/** Default limits, but for those that would end a connection before it is measured. */
function startPatientServer(scene: Scene): Promise<AttackedServer> {
  return scene.server({
    authTimeout: Infinity,
    maxUnauthenticatedConnections: Infinity,
    maxUnauthenticatedConnectionsPerIp: Infinity,
    heartBeatInterval: Infinity,
    slowConsumerPolicy: 'drop',
  });
}

function inUse({ heapUsed, external }: MemoryInUse): number {
  return heapUsed + external;
}
