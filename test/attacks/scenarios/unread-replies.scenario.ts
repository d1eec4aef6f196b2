import { DEFAULT_LIMITS } from '../../../src/protocol/limits.js';
import { finding, formatBytes, formatCount, type Finding } from '../support/finding.js';
import { bystandersOf, Scene } from '../support/scene.js';
import { REPLY_BYTES } from '../support/unread-peers.js';

const { sendHardCap, sendHighWaterMark } = DEFAULT_LIMITS;
const REQUESTS = 1_000;
// Around a reply.
const OVERHEAD = 256;

export interface UnreadRepliesSize {
  readonly peers: number;
  /** Milliseconds in which such a peer must be gone. */
  readonly maxDropTime: number;
}

/** Peers that ask for far more than they read. */
export function askWithoutReading({ peers, maxDropTime }: UnreadRepliesSize): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server();
    const honest = await scene.honest(server);
    const attacker = await scene.attacker();
    await attacker.call('stopReading', server.target, peers);
    await server.process.call('watchWaiting', sendHighWaterMark);
    await server.process.call('noteDepartures');
    const before = await server.process.call('memory');
    await honest.call('begin');
    await attacker.call('askForReplies', REQUESTS);
    await server.process.call('untilDeparted', peers);
    const bystanders = await bystandersOf(server, honest);
    const after = await server.process.call('memory');
    const { mostBytes, cutAfter } = (await server.process.call('waiting'))!;
    const dropTime = Math.max(...cutAfter);
    const growth = after.external - before.external;
    return finding(
      {
        suite: 'Replies that are not read',
        howMuch: `${formatCount(peers)} peers`,
        seen: `cut after ${formatCount(dropTime)} ms; at most ${formatBytes(mostBytes)} waited for one; external memory grew by ${formatBytes(growth)}; ${bystanders.seen}`,
      },
      {
        ...bystanders.promises,
        [`whoever does not read is cut within ${maxDropTime} ms`]: dropTime <= maxDropTime,
        'nobody else is cut': cutAfter.length === peers,
        'too much waits before': mostBytes > sendHighWaterMark,
        'what waits is bounded by sendHardCap and one reply':
          mostBytes <= sendHardCap + REPLY_BYTES + OVERHEAD,
        'the memory is given back': growth <= sendHardCap,
      },
    );
  });
}
