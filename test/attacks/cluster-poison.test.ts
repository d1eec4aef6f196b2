import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { beforeEach, expect, it } from '@jest/globals';
import { createClient } from 'redis';
import type { SocketsOptions } from '../../src/index.js';
import { redisEngine } from '../../src/redis/index.js';
import { useApps } from '../fixtures/apps.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useLog } from '../fixtures/log.js';
import { RoomClient, RoomHandlers } from '../fixtures/rooms.js';
import { MessageQueue } from '../helpers/message-queue.js';
import { describeWithRedis, findRedis, useRedis } from '../helpers/redis.js';
import { until } from '../helpers/until.js';

const FRAME = 0;
const ENTRY = 1;
// kind (1) | epoch (8) | offset (6) | length (4) | frame
const FRAMES_AT = 15;
const FRAME_AT = 19;
const SECRET = 'nobody but us may read this';

/** Frames as a node publishes those of a history, at a random place. */
function entryOf(frames: readonly Buffer[]): Buffer {
  const packed = frames.flatMap((frame) => [lengthOf(frame), frame]);
  return Buffer.concat([Buffer.of(ENTRY), randomBytes(FRAMES_AT - 1), ...packed]);
}

function lengthOf(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return length;
}

const found = await findRedis();

describeWithRedis(found, 'Somebody who can write into Redis, and has no key,', () => {
  const startApp = useApps();
  const cleanUp = useCleanUp();
  const redis = useRedis(found);
  const log = useLog();
  let channels: { all: string; table: string };

  beforeEach(() => {
    channels = { all: `${redis.prefix}all`, table: `${redis.prefix}room:table` };
  });

  /** Two nodes, a member of a room on the second, and the attacker, who hears all channels. */
  async function start() {
    const options: SocketsOptions = {
      engine: redisEngine(redis),
      rooms: { table: { history: 100, presence: true } },
    };
    const here = await startApp({ providers: [RoomHandlers], options });
    const there = await startApp({ providers: [RoomHandlers], options });
    const member = await RoomClient.connect(there);
    await member.join('table');
    await member.entered();
    const attacker = await connect();
    const overheard = new MessageQueue<{ channel: string; message: Buffer }>();
    const ears = await connect();
    const hear = (message: Buffer, channel: Buffer) =>
      overheard.push({ channel: channel.toString(), message });
    await ears.subscribe(Object.values(channels), hear, true);
    return { here, there, member, attacker, overheard };
  }

  async function connect() {
    const client = createClient({ url: redis.url });
    client.on('error', () => undefined);
    await client.connect();
    cleanUp(() => client.destroy());
    return client;
  }

  type Parts = Awaited<ReturnType<typeof start>>;

  /** What was sent before, as it went over Redis. */
  async function overhear({ here, member, overheard }: Parts): Promise<Buffer[]> {
    here.server.broadcast('move', 'to all');
    here.server.to('table').send('move', 'to the room');
    await here.server.to('table').publish('move', 'published');
    await member.moves(3);
    const isSent = ({ message }: { message: Buffer }) => message.length > 60;
    return Promise.all([1, 2, 3].map(async () => (await overheard.nextMatching(isSent)).message));
  }

  /** What is honest still comes, and nothing was delivered before it. */
  async function expectNothingDelivered({ here, member }: Parts): Promise<void> {
    await here.server.to('table').publish('move', 'honest');
    expect(await member.moves(1)).toEqual(['honest']);
    expect(member.heard.unread).toEqual([]);
  }

  it('delivers nothing by replaying what it has heard, on whatever channel', async () => {
    const parts = await start();
    const { attacker, there } = parts;
    const sent = await overhear(parts);
    const before = there.server.stats().cluster.framesRejected;
    for (const message of sent) {
      for (const channel of Object.values(channels)) await attacker.publish(channel, message);
    }
    await until(() => there.server.stats().cluster.framesRejected >= before + 5);
    await expectNothingDelivered(parts);
  });

  it('delivers nothing by what is random, cut off, changed, or an entry at a place of its own', async () => {
    const parts = await start();
    const { attacker, there } = parts;
    const [, , published] = await overhear(parts);
    const forged: Buffer[] = [
      Buffer.alloc(0),
      Buffer.from([FRAME]),
      Buffer.from([ENTRY]),
      Buffer.from([9]),
    ];
    for (let length = 1; length < 300; length += 7) {
      forged.push(Buffer.concat([Buffer.from([FRAME, 1]), randomBytes(length)]));
      forged.push(entryOf([Buffer.concat([Buffer.from([1]), randomBytes(length)])]));
    }
    forged.push(entryOf(Array.from({ length: 64 }, () => randomBytes(99))));
    const genuine = published!.subarray(FRAME_AT);
    for (let at = 1; at < genuine.length; at += 5) {
      const changed = Buffer.from(genuine);
      changed[at]! ^= 1;
      forged.push(entryOf([changed]), entryOf([genuine.subarray(0, at)]));
      forged.push(published!.subarray(0, at));
    }
    // What nobody packs: lengths beyond the end, and more than any node stores at once.
    forged.push(Buffer.concat([entryOf([]), Buffer.alloc(40, 0xff)]));
    forged.push(entryOf(Array.from({ length: 65 }, () => Buffer.of(1))));
    // The genuine frame as the next one, and far ahead: it must not move the room.
    for (const ahead of [1, 1_000]) {
      const moved = Buffer.from(published!);
      moved.writeUIntBE(moved.readUIntBE(9, 6) + ahead, 9, 6);
      forged.push(moved);
    }
    for (const message of forged) await attacker.publish(channels.table, message);
    await until(() => there.server.stats().cluster.framesRejected > 100);
    await expectNothingDelivered(parts);
    expect(there.server.stats().cluster.gaps).toBe(0);
  });

  it('is logged once a minute, whatever it does', async () => {
    const parts = await start();
    const { attacker, there } = parts;
    for (let count = 0; count < 200; count++) {
      await attacker.publish(
        channels.all,
        Buffer.concat([Buffer.from([FRAME, 1]), randomBytes(99)]),
      );
    }
    await until(() => there.server.stats().cluster.framesRejected >= 200);
    // Of each of the two nodes.
    expect(log.matching(/^A frame of a channel "all" is dropped: /)).toHaveLength(2);
  });

  it('cannot put a poisoned entry into a history: who reads it is told of a gap', async () => {
    const parts = await start();
    const { attacker, here, there } = parts;
    await here.server.to('table').publish('move', 1);
    await parts.member.moves(1);
    const key = `${redis.prefix}room:table`;
    const offset = await attacker.hIncrBy(`${key}:head`, 'offset', 1);
    await attacker.xAdd(`${key}:log`, `${offset}-0`, { f: 'forged' });
    await here.server.to('table').publish('move', 2);
    // The node missed a number, reads on, and finds what nobody of us has written.
    expect(await parts.member.entered()).toMatchObject({ recovered: false });
    await here.server.to('table').publish('move', 3);
    const [move] = await parts.member.moves(1);
    expect([2, 3]).toContain(move);
    expect(there.server.stats().cluster.gaps).toBeGreaterThan(0);
  });

  it('is skipped, and counted, where it comes from a version that has another format', async () => {
    const parts = await start();
    const [message] = await overhear(parts);
    const next = Buffer.from(message!);
    next[1] = 2;
    await parts.attacker.publish(channels.all, next);
    await until(() => parts.there.server.stats().cluster.framesSkipped === 1);
    expect(parts.there.server.stats().cluster.framesRejected).toBe(0);
    await expectNothingDelivered(parts);
  });

  it('sees no payload and no meta of a whole session, by MONITOR', async () => {
    const { port, hostname } = new URL(redis.url);
    const monitor = connectTcp(Number(port || 6379), hostname);
    cleanUp(() => monitor.destroy());
    let seen = '';
    monitor.setEncoding('latin1').on('data', (text: string) => (seen += text));
    monitor.write('MONITOR\r\n');
    await once(monitor, 'data');
    const parts = await start();
    const { here, there, member } = parts;
    there.server.clientMap.get(member.id)!.meta = { name: SECRET };
    await member.client.request('leave', 'table');
    await member.join('table', { members: true });
    member.client.on('ask', () => SECRET);
    here.server.broadcast('move', SECRET);
    here.server.sendTo(member.id, 'move', SECRET);
    here.server.sendToByMeta('name', SECRET, 'move', SECRET);
    here.server.to('table').send('move', SECRET);
    await here.server.to('table').publish('move', SECRET);
    expect(await here.server.request(member.id, 'ask', SECRET)).toBe(SECRET);
    for await (const { meta } of here.server.clients()) expect(meta).toEqual({ name: SECRET });
    expect(await here.server.in('table').members()).toMatchObject([{ meta: { name: SECRET } }]);
    expect(await member.moves(5)).toEqual(Array(5).fill(SECRET));
    await until(() => seen.includes(`${redis.prefix}room:table:members`));
    expect(seen).toContain(`${redis.prefix}room:table:log`);
    for (const words of [SECRET, 'nobody', Buffer.from(SECRET).toString('base64').slice(0, 20)]) {
      expect(seen).not.toContain(words);
    }
  });
});
