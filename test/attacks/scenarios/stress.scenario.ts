import { setTimeout as delay } from 'node:timers/promises';
import { finding, formatCount, type Finding, type Tell } from '../support/finding.js';
import { bystandersOf, Scene } from '../support/scene.js';
import type { StressCommands } from '../support/stress.process.js';

const ONE_SECOND = 1_000;
// Less than a fair share of the slowest machine, or nobody could promise an answer in time.
const HONEST_PERIOD = 100;

export interface StressSize {
  readonly connections: number;
  readonly seconds: number;
  /** The same does the same again, as far as the machine lets it. */
  readonly seed: number;
}

/** Peers that do everything at random at once: whoever stays gets every reply, and in order. */
export function stress({ connections, seconds, seed }: StressSize, tell?: Tell): Promise<Finding> {
  return Scene.play(async (scene) => {
    // A peer that pauses for half a second may get its turn to read late on a busy machine.
    const server = await scene.server({ slowConsumerTimeout: 30 * ONE_SECOND });
    const honest = await scene.honest(server);
    const peers = await scene.child<StressCommands>('stress.process.js');
    await honest.call('begin', HONEST_PERIOD);
    await peers.call('begin', server.target, connections, seed);
    for (let second = 1; second <= seconds; second++) {
      await delay(ONE_SECOND);
      const { requests } = await peers.call('deeds');
      tell?.(`${second} of ${seconds} s, ${formatCount(requests)} requests`);
    }
    const { requests, messages, pauses, departures, faults } = await peers.call('end');
    const bystanders = await bystandersOf(server, honest);
    return finding(
      {
        suite: 'Everything at random',
        howMuch: `${connections} connections, ${seconds} s, seed ${seed}`,
        seen: `${formatCount(requests)} requests, ${formatCount(messages)} messages of floods, ${formatCount(pauses)} pauses, ${formatCount(departures)} departures; ${bystanders.seen}`,
      },
      {
        ...bystanders.promises,
        'every request of a peer that stays is answered, in order where it has no id': faults,
        'peers ask, flood, pause and leave': Math.min(requests, messages, pauses, departures) > 0,
      },
    );
  });
}
