import { DEFAULT_LIMITS } from '../../../src/protocol/limits.js';
import type { AttackedServer } from '../support/attacked-server.js';
import type { AttackerCommands } from '../support/attacker.process.js';
import type { Child } from '../support/child.js';
import {
  finding,
  formatBytes,
  formatCount,
  type Finding,
  type Promises,
  type Tell,
} from '../support/finding.js';
import type { Fleet } from '../support/fleet.js';
import { Scene } from '../support/scene.js';
import type { Waiting } from '../support/server-sockets.js';
import { REPLY_BYTES } from '../support/unread-peers.js';

const { sendHardCap, sendHighWaterMark } = DEFAULT_LIMITS;
const FLEET_SIZE = 250;
const MESSAGES_AT_ONCE = 5;
// The envelope of a push, the header of its frame, and its JSON around the text.
const OVERHEAD = 256;

export interface BroadcastSize {
  /** Clients that read. */
  readonly readers: number;
  /** Clients that do not. */
  readonly sleepers: number;
  readonly messages: number;
  readonly bytes: number;
  readonly policy: 'close' | 'drop';
  /** Milliseconds in which a sleeper must be gone, under the policy `close`. */
  readonly maxDropTime: number;
}

/** What became of those that did not read. */
interface Sleepers {
  readonly seen: string;
  readonly promises: Promises;
}

/** A broadcast to many clients, some of which do not read. */
export function broadcastToSleepers(size: BroadcastSize, tell?: Tell): Promise<Finding> {
  return Scene.play(async (scene) => {
    const server = await scene.server({ slowConsumerPolicy: size.policy });
    const fleets = await connectFleets(scene, server, size.readers);
    const attacker = await scene.attacker();
    await attacker.call('stopReading', server.target, size.sleepers);
    await server.process.call('watchWaiting', sendHighWaterMark);
    await server.process.call('noteDepartures');
    await fillKernelBuffers(server, attacker);
    const before = await server.process.call('memory');
    await broadcast(server, fleets, size, tell);
    const after = await server.process.call('memory');
    const judge = size.policy === 'close' ? judgeClosed : judgeDropped;
    const sleepers = await judge(server, size, attacker);
    const growth = after.external - before.external;
    return report(server, fleets, size, sleepers, growth);
  });
}

async function connectFleets(
  scene: Scene,
  server: AttackedServer,
  readers: number,
): Promise<Child<Fleet>[]> {
  const fleets: Child<Fleet>[] = [];
  for (let left = readers; left > 0; left -= FLEET_SIZE) {
    const plan = {
      name: `fleet${left}`,
      size: Math.min(FLEET_SIZE, left),
      reconnect: false,
    } as const;
    fleets.push(await scene.fleet(server, plan));
  }
  return fleets;
}

/** Otherwise several MiB of a broadcast would go there before anything waits in the server. */
async function fillKernelBuffers(
  server: AttackedServer,
  attacker: Child<AttackerCommands>,
): Promise<void> {
  while ((await waitingAt(server)).mostBytes < REPLY_BYTES) {
    await attacker.call('askForReplies', 1);
  }
}

async function waitingAt(server: AttackedServer): Promise<Waiting> {
  return (await server.process.call('waiting'))!;
}

/** No faster than those read that do: they are no slow consumers. */
async function broadcast(
  server: AttackedServer,
  fleets: readonly Child<Fleet>[],
  { messages, bytes }: BroadcastSize,
  tell?: Tell,
): Promise<void> {
  for (let sent = 0; sent < messages;) {
    const count = Math.min(MESSAGES_AT_ONCE, messages - sent);
    await server.process.call('broadcast', count, bytes);
    sent += count;
    await Promise.all(fleets.map((fleet) => fleet.call('untilNews', sent)));
    tell?.(`${formatCount(sent)} of ${formatCount(messages)}`);
  }
}

async function judgeClosed(
  server: AttackedServer,
  { sleepers, maxDropTime }: BroadcastSize,
): Promise<Sleepers> {
  await server.process.call('untilDeparted', sleepers);
  const { cutAfter } = await waitingAt(server);
  const dropTime = Math.max(...cutAfter);
  return {
    seen: `the others were cut within ${formatCount(dropTime)} ms`,
    promises: {
      'whoever does not read is cut, and nobody else is': cutAfter.length === sleepers,
      [`within ${maxDropTime} ms`]: dropTime <= maxDropTime,
    },
  };
}

async function judgeDropped(
  server: AttackedServer,
  { sleepers }: BroadcastSize,
  attacker: Child<AttackerCommands>,
): Promise<Sleepers> {
  const { dropped } = await server.stats();
  const served = await attacker.call('readAgain');
  const departures = await server.process.call('departures');
  return {
    seen: `${formatCount(dropped)} pushes to the others dropped and counted`,
    promises: {
      'what is not read is dropped and counted': dropped > 0,
      'whoever does not read stays, and is served when it reads again': served === sleepers,
      'nobody is cut': departures.length === 0,
    },
  };
}

async function report(
  server: AttackedServer,
  fleets: readonly Child<Fleet>[],
  { readers, sleepers, messages, bytes, policy }: BroadcastSize,
  fate: Sleepers,
  growth: number,
): Promise<Finding> {
  const { mostBytes } = await waitingAt(server);
  const news = (await Promise.all(fleets.map((fleet) => fleet.call('news')))).flat();
  const complete = news.filter((indexes) => isComplete(indexes, messages)).length;
  const bound = sendHardCap + bytes + OVERHEAD;
  return finding(
    {
      suite: `Broadcast, policy ${policy}`,
      howMuch: `${formatCount(messages)} of ${formatBytes(bytes)} to ${formatCount(readers)} clients that read and ${sleepers} that do not`,
      seen: `${formatCount(complete)} got everything in order; ${fate.seen}; at most ${formatBytes(mostBytes)} waited for one; external memory grew by ${formatBytes(growth)}`,
    },
    {
      ...fate.promises,
      'whoever reads gets every message, in order': complete === readers,
      'for whoever does not read, too much waits': mostBytes > sendHighWaterMark,
      'what waits is bounded by sendHardCap and one message': mostBytes <= bound,
      'memory is bounded alike': growth <= (sleepers + 1) * bound,
    },
  );
}

function isComplete(indexes: readonly number[], messages: number): boolean {
  return indexes.length === messages && indexes.every((index, at) => index === at);
}
