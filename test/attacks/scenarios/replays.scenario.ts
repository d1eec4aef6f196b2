import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import { inBatches } from '../support/in-batches.js';
import { rightlyDelivered, type ReplayKind } from '../support/replays.js';
import { bystandersOf, Scene } from '../support/scene.js';

export interface ReplaysSize {
  readonly kind: ReplayKind;
  readonly attempts: number;
}

/** Sends again, or back, what was really sent: nothing of it may run a second time. */
export function replayFrames({ kind, attempts }: ReplaysSize, tell?: Tell): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server({
      maxAuthFailuresPerMinute: Infinity,
      maxHandshakesPerSecond: Infinity,
    });
    const honest = await scene.honest(server);
    const attacker = await scene.attacker();
    await honest.call('begin');
    const accepted = await inBatches(attempts, tell, (from, count) =>
      attacker.call('replay', kind, server.target, from, count),
    );
    const bystanders = await bystandersOf(server, honest);
    const delivered = await server.takeForged();
    const due = attempts * rightlyDelivered(kind);
    return finding(
      {
        suite: `Replayed: ${kind}`,
        howMuch: formatCount(attempts),
        seen: `${accepted.length} accepted, ${bystanders.seen}`,
      },
      {
        ...bystanders.promises,
        'every attempt is refused with 4400': accepted,
        'nothing is delivered twice': new Set(delivered).size === delivered.length,
        [`${due} genuine messages are delivered, and no others`]: delivered.length === due,
      },
    );
  });
}

/** Swaps frames: version 1 promises nothing, and KEYS.md says so. */
export function reorderFrames({ frames }: { readonly frames: number }): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server();
    const attacker = await scene.attacker();
    await attacker.call('reorder', server.target, frames);
    const delivered = await server.takeDelivered();
    const asSent = Array.from({ length: frames }, (_, index) => frames - 1 - index);
    return finding(
      {
        suite: 'Reordered session frames',
        howMuch: formatCount(frames),
        seen: `${formatCount(delivered.length)} delivered in the order of arrival, unnoticed, as KEYS.md says of version 1`,
      },
      {
        'the frames are delivered in the order in which they arrive':
          JSON.stringify(delivered) === JSON.stringify(asSent),
      },
    );
  });
}
