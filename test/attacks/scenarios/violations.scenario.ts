import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import { inBatches } from '../support/in-batches.js';
import { bystandersOf, Scene } from '../support/scene.js';

export interface ViolationsSize {
  /** One violation each. */
  readonly connections: number;
}

/** Peers that violate RFC 6455 in every way there is, and with random frames. */
export function violateWebSocket({ connections }: ViolationsSize, tell?: Tell): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server({ maxAuthFailuresPerMinute: Infinity });
    const honest = await scene.honest(server);
    const attacker = await scene.attacker();
    await honest.call('begin');
    const wrong = await inBatches(connections, tell, (from, count) =>
      attacker.call('violate', server.target, from, count),
    );
    const bystanders = await bystandersOf(server, honest);
    const forged = await server.takeForged();
    return finding(
      {
        suite: 'Raw WebSocket violations',
        howMuch: `${formatCount(connections)} connections`,
        seen: `${bystanders.seen}, ${forged.length} forged messages delivered`,
      },
      {
        ...bystanders.promises,
        'nothing forged is delivered': forged,
        'every peer is told why it is cut': wrong,
      },
    );
  });
}
