// What a history costs Redis: the same frames, given to the engine by `publish` and by `append` in turns,
// with the same number of them under way.
import { randomBytes } from 'node:crypto';
import { redisEngine } from 'nestjs-sockets/redis';
import { assignJob, fail } from '../load/job.mjs';
import { startMeter } from '../process-meter.mjs';

const ROOM = 'bench';
const BOUNDS = { size: 200, ttl: 300_000 };

class Receiver {
  count = 0;
  #offset = 0;

  onFrame() {
    this.count++;
  }

  onEntry(_room, { offset }) {
    if (offset !== ++this.#offset) throw new Error(`expected entry ${this.#offset}, got ${offset}`);
    this.count++;
  }

  onAvailable(isAvailable) {
    if (!isAvailable) throw new Error('the engine is away');
  }
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
const { url, redisPid, nodes, depth, bytes, seconds, warmUp } = await assignJob();
const receivers = Array.from({ length: nodes }, () => new Receiver());
const engine = redisEngine({ url });
const sessions = await Promise.all(receivers.map((receiver) => engine.connect(receiver)));
await Promise.all(sessions.map((session) => session.subscribe(`room:${ROOM}`)));
const [sender] = sessions;
const frame = randomBytes(bytes);

const ways = {
  publish: () => sender.publish(`room:${ROOM}`, frame),
  append: () => sender.append(ROOM, frame, BOUNDS),
};
let sent = 0;

async function untilReceived() {
  const endsAt = performance.now() + 10_000;
  while (receivers.some(({ count }) => count < sent)) {
    if (performance.now() > endsAt) throw new Error('frames were lost');
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (receivers.some(({ count }) => count > sent)) throw new Error('frames came twice');
}

/** @returns microseconds of Redis for each frame */
async function block(way, milliseconds) {
  const endsAt = performance.now() + milliseconds;
  const stop = startMeter(redisPid);
  let count = 0;
  do {
    await Promise.all(Array.from({ length: depth }, ways[way]));
    count += depth;
    sent += depth;
  } while (performance.now() < endsAt);
  await untilReceived();
  return stop().cpu / count;
}

async function blocks(milliseconds, times) {
  const found = { publish: [], append: [] };
  for (let time = 0; time < times; time++) {
    const order = time % 2 === 0 ? ['publish', 'append'] : ['append', 'publish'];
    for (const way of order) found[way].push(await block(way, milliseconds));
  }
  return found;
}

const PAIRS = 4;
await blocks(warmUp * 250, 2);
process.send({ figures: await blocks((seconds * 1000) / PAIRS, PAIRS) });
