import { randomInt } from 'node:crypto';
import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import { inBatches } from '../support/in-batches.js';
import type { MutationKind } from '../support/mutations.js';
import { bystandersOf, Scene } from '../support/scene.js';

// Lanes of one batch have seeds that follow each other.
const SEEDS_PER_BATCH = 100;

export interface MutationsSize {
  readonly kind: MutationKind;
  readonly runs: number;
  /** Repeats a run. @default a random one */
  readonly seed?: number;
}

/** Mutates what a peer may send, at random: nothing of it may be taken for something else. */
export function mutateFrames(
  { kind, runs, seed = randomInt(2 ** 30) }: MutationsSize,
  tell?: Tell,
): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server({
      maxAuthFailuresPerMinute: Infinity,
      maxHandshakesPerSecond: Infinity,
    });
    const honest = await scene.honest(server);
    const attacker = await scene.attacker();
    await honest.call('begin');
    const failures = await inBatches(runs, tell, (from, count) =>
      attacker.call('mutate', kind, server.target, count, seed + from * SEEDS_PER_BATCH),
    );
    const bystanders = await bystandersOf(server, honest);
    const forged = await server.takeForged();
    return finding(
      {
        suite: `Mutated: ${kind}`,
        howMuch: `${formatCount(runs)}, seed ${seed}`,
        seen: `${bystanders.seen}, ${forged.length} forged messages delivered`,
      },
      {
        ...bystanders.promises,
        'nothing forged is delivered': forged,
        'every mutation is refused as it must be': failures,
      },
    );
  });
}
