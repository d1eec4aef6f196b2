import { afterEach, describe, expect, it } from '@jest/globals';
import { roomChannel, type EngineSession, type SocketsEngine } from '../../../src/engine/engine.js';
import { memoryEngine } from '../../../src/engine/memory.engine.js';
import { redisEngine } from '../../../src/redis/index.js';
import { connectNode, until, type EngineNode } from '../../helpers/engine-node.js';
import { describeWithRedis, findRedis, useRedis } from '../../helpers/redis.js';

const BOUNDS = { size: 1_000, ttl: 60_000 };
const IDS_PER_NODE = 2 ** 32;
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

let counter = 0;

/** A room that no other test has. */
function newRoom(): string {
  return `röom-${++counter}:☃`;
}

function idOf({ node }: EngineSession, count: number): number {
  return node * IDS_PER_NODE + count;
}

function keepsTheContract(start: () => SocketsEngine): void {
  const sessions: EngineSession[] = [];

  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  });

  async function connect(engine: SocketsEngine): Promise<EngineNode> {
    const node = await connectNode(engine);
    sessions.push(node.session);
    return node;
  }

  async function twoNodes(): Promise<[EngineNode, EngineNode]> {
    const engine = start();
    return [await connect(engine), await connect(engine)];
  }

  describe('Channels', () => {
    it('give a frame to all who subscribed, the sender included, and to nobody else', async () => {
      const [one, two] = await twoNodes();
      const channel = newRoom();
      await one.session.subscribe(channel);
      await two.session.publish(channel, Buffer.from('early'));
      await two.session.subscribe(channel);
      await one.session.publish(channel, Buffer.from('late'));
      expect(await two.heard.frames.next()).toEqual({ channel, text: 'late' });
      expect(await one.heard.frames.next()).toEqual({ channel, text: 'early' });
      expect(await one.heard.frames.next()).toEqual({ channel, text: 'late' });
    });

    it('keep the order in which one node published', async () => {
      const [one, two] = await twoNodes();
      const channels = [newRoom(), newRoom()];
      await Promise.all(channels.map((channel) => two.session.subscribe(channel)));
      const numbers = Array.from({ length: 500 }, (_, number) => number);
      const publish = (number: number) =>
        one.session.publish(channels[number % 2]!, Buffer.from(String(number)));
      await Promise.all(numbers.map(publish));
      for (const number of numbers) {
        const frame = await two.heard.frames.next();
        expect(frame).toEqual({ channel: channels[number % 2], text: String(number) });
      }
    });

    it('deliver after publish() has returned', async () => {
      const [one] = await twoNodes();
      const channel = newRoom();
      await one.session.subscribe(channel);
      const published = one.session.publish(channel, Buffer.from('later'));
      expect(one.heard.frames.unread).toEqual([]);
      await published;
      await one.heard.frames.next();
    });

    it('carry any bytes, none too, and those the caller overwrites afterwards', async () => {
      const [one, two] = await twoNodes();
      const channel = newRoom();
      await two.session.subscribe(channel);
      const frame = Buffer.from(EVERY_BYTE);
      const published = one.session.publish(channel, frame);
      await one.session.publish(channel, Buffer.alloc(0));
      await published;
      frame.fill(0);
      expect((await two.heard.frames.next()).text).toBe(EVERY_BYTE.toString('latin1'));
      expect((await two.heard.frames.next()).text).toBe('');
    });

    it('are silent after unsubscribing, and can be heard again', async () => {
      const [one, two] = await twoNodes();
      const [channel, other] = [newRoom(), newRoom()];
      await two.session.subscribe(channel);
      await two.session.subscribe(other);
      await two.session.unsubscribe(channel);
      await one.session.publish(channel, Buffer.from('unheard'));
      await one.session.publish(other, Buffer.from('heard'));
      expect((await two.heard.frames.next()).text).toBe('heard');
      // What was changed last counts, without waiting for what came before.
      await Promise.all([
        two.session.subscribe(channel),
        two.session.unsubscribe(channel),
        two.session.subscribe(channel),
        two.session.subscribe(channel),
      ]);
      await one.session.publish(channel, Buffer.from('again'));
      await one.session.publish(other, Buffer.from('once'));
      expect((await two.heard.frames.next()).text).toBe('again');
      expect((await two.heard.frames.next()).text).toBe('once');
    });
  });

  describe('Histories', () => {
    it('number entries without a gap, whichever nodes append, and deliver them in that order', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      await two.session.subscribe(roomChannel(room));
      const append = ({ session }: EngineNode, text: string) =>
        session.append(room, Buffer.from(text), BOUNDS);
      const positions = await Promise.all(
        Array.from({ length: 200 }, (_, number) => append(number % 2 ? one : two, `${number}`)),
      );
      const { epoch } = positions[0]!;
      expect(epoch).toMatch(/^[0-9a-f]{16}$/);
      expect(new Set(positions.map((position) => position.epoch))).toEqual(new Set([epoch]));
      const offsets = positions.map(({ offset }) => offset);
      expect(offsets.toSorted((a, b) => a - b)).toEqual(offsets.map((_, index) => index + 1));
      for (let offset = 1; offset <= positions.length; offset++) {
        const entry = await two.heard.entries.next();
        const frame = Buffer.from(`${offsets.indexOf(offset)}`);
        expect(entry).toEqual({ room, epoch, offset, frame });
      }
    });

    it('are read from an offset on, up to a limit', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      for (const text of ['a', 'b', 'c', 'd']) {
        await one.session.append(room, Buffer.from(text), BOUNDS);
      }
      const read = async (offset: number, limit: number) => {
        const { head, entries } = await two.session.read(room, offset, limit);
        const texts = entries.map((entry) => `${entry.offset}${entry.frame.toString()}`);
        expect(entries.every(({ epoch }) => epoch === head.epoch)).toBe(true);
        return [head.offset, ...texts];
      };
      expect(await read(0, 100)).toEqual([4, '1a', '2b', '3c', '4d']);
      expect(await read(1, 2)).toEqual([4, '2b', '3c']);
      expect(await read(3, 2)).toEqual([4, '4d']);
      expect(await read(4, 2)).toEqual([4]);
      expect(await read(9, 2)).toEqual([4]);
      expect(await read(0, 0)).toEqual([4]);
    });

    it('are read from any offset on, also where many were appended at once', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      const append = (text: number) => one.session.append(room, Buffer.from(`${text}`), BOUNDS);
      const positions = await Promise.all(Array.from({ length: 150 }, (_, index) => append(index)));
      expect(positions.map(({ offset }) => offset)).toEqual(positions.map((_, index) => index + 1));
      for (const [offset, limit, count] of [
        [0, 1, 1],
        [10, 5, 5],
        [62, 4, 4],
        [63, 200, 87],
        [64, 64, 64],
        [149, 9, 1],
        [150, 9, 0],
      ] as const) {
        const { head, entries } = await two.session.read(room, offset, limit);
        expect(head.offset).toBe(150);
        const expected = Array.from({ length: count }, (_, index) => `${offset + index}`);
        expect(entries.map(({ frame }) => frame.toString())).toEqual(expected);
        expect(entries.map((entry) => entry.offset)).toEqual(expected.map((text) => +text + 1));
      }
    });

    it('keep their order with frames of the same room', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      await two.session.subscribe(roomChannel(room));
      const texts = Array.from({ length: 40 }, (_, index) => `${index}`);
      const say = (text: string, index: number) => {
        const frame = Buffer.from(text);
        if (index % 3 === 0) return one.session.publish(roomChannel(room), frame);
        return one.session.append(room, frame, BOUNDS);
      };
      await Promise.all(texts.map(say));
      await until(
        async () => two.heard.texts.length,
        (count) => count === 40,
        'all',
      );
      expect(two.heard.texts).toEqual(texts);
    });

    it('have what was appended right before the session was closed', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      const appended = one.session.append(room, EVERY_BYTE, BOUNDS);
      await Promise.all([one.session.close(), appended]);
      expect((await two.session.read(room, 0, 10)).entries).toHaveLength(1);
    });

    it('have an epoch from the first time that anybody reads or appends', async () => {
      const [one, two] = await twoNodes();
      const [room, other] = [newRoom(), newRoom()];
      const page = await one.session.read(room, 0, 10);
      expect(page).toEqual({ head: { epoch: expect.any(String), offset: 0 }, entries: [] });
      const { epoch } = page.head;
      expect(await two.session.append(room, EVERY_BYTE, BOUNDS)).toEqual({ epoch, offset: 1 });
      expect((await two.session.read(room, 0, 10)).head).toEqual({ epoch, offset: 1 });
      expect((await two.session.read(other, 0, 10)).head.epoch).not.toBe(epoch);
    });

    it('keep any bytes, those too that the caller overwrites afterwards', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      await two.session.subscribe(roomChannel(room));
      for (const frame of [EVERY_BYTE, Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
        const reused = Buffer.from(frame);
        const appended = one.session.append(room, reused, BOUNDS);
        reused.fill(1);
        await appended;
        expect((await two.heard.entries.next()).frame).toEqual(frame);
      }
      const { entries } = await two.session.read(room, 0, 10);
      expect(entries[0]!.frame).toEqual(EVERY_BYTE);
      expect(entries.map(({ frame }) => frame.length)).toEqual([256, 0, 100_000]);
    });

    it('forget the oldest entries beyond their size, and go on counting', async () => {
      const [one] = await twoNodes();
      const room = newRoom();
      const bounds = { ...BOUNDS, size: 10 };
      const append = () => one.session.append(room, EVERY_BYTE, bounds);
      await Promise.all(Array.from({ length: 400 }, append));
      const { head, entries } = await one.session.read(room, 0, 1_000);
      expect(head.offset).toBe(400);
      expect(entries.length).toBeGreaterThanOrEqual(10);
      expect(entries.length).toBeLessThan(200);
      const first = entries[0]!.offset;
      expect(entries.map(({ offset }) => offset)).toEqual(entries.map((_, index) => first + index));
      expect(entries.at(-1)!.offset).toBe(400);
    });

    it('forget their entries after a while, but not where they stand', async () => {
      const [one] = await twoNodes();
      const room = newRoom();
      const { epoch } = await one.session.append(room, EVERY_BYTE, { size: 10, ttl: 50 });
      const read = () => one.session.read(room, 0, 10);
      const { head } = await until(read, (page) => page.entries.length === 0, 'the ttl');
      expect(head).toEqual({ epoch, offset: 1 });
      expect(await one.session.append(room, EVERY_BYTE, BOUNDS)).toEqual({ epoch, offset: 2 });
      expect((await read()).entries.map(({ offset }) => offset)).toEqual([2]);
    });

    it('do not mix with frames of the same room', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      await two.session.subscribe(roomChannel(room));
      await one.session.publish(roomChannel(room), Buffer.from('frame'));
      await one.session.append(room, Buffer.from('entry'), BOUNDS);
      expect((await two.heard.entries.next()).frame.toString()).toBe('entry');
      expect(two.heard.frames.unread.map(({ text }) => text)).toEqual(['frame']);
    });
  });

  describe('Presence', () => {
    it('tells on all nodes who is in a room, and with what', async () => {
      const [one, two] = await twoNodes();
      const room = newRoom();
      const [first, second] = [idOf(one.session, 1), idOf(two.session, IDS_PER_NODE - 1)];
      await one.session.enter({ room, id: first }, EVERY_BYTE);
      await two.session.enter({ room, id: second }, Buffer.from('old'));
      await two.session.enter({ room, id: second }, Buffer.from('new'));
      await two.session.enter({ room: newRoom(), id: second }, Buffer.from('elsewhere'));
      const expected = new Map([
        [first, EVERY_BYTE],
        [second, Buffer.from('new')],
      ]);
      expect(await one.session.members(room)).toEqual(expected);
      expect(await two.session.members(room)).toEqual(expected);
      await one.session.exit({ room, id: first });
      await one.session.exit({ room, id: first });
      expect([...(await two.session.members(room)).keys()]).toEqual([second]);
    });

    it('ends with the node, and one other node is told of each, with what was written', async () => {
      const engine = start();
      const [one, two, three] = await Promise.all([
        connect(engine),
        connect(engine),
        connect(engine),
      ]);
      const rooms = [newRoom(), newRoom()];
      const members = rooms.map((room, index) => ({
        room,
        id: idOf(one.session, index),
        value: Buffer.from([index, ...EVERY_BYTE]),
      }));
      for (const member of members) await one.session.enter(member, member.value);
      await one.session.enter({ room: rooms[0]!, id: idOf(one.session, 9) }, EVERY_BYTE);
      await one.session.exit({ room: rooms[0]!, id: idOf(one.session, 9) });
      await two.session.enter({ room: rooms[0]!, id: idOf(two.session, 1) }, EVERY_BYTE);
      await one.session.close();
      const stillThere = [...(await two.session.members(rooms[0]!)).keys()];
      expect(stillThere).toEqual([idOf(two.session, 1)]);
      const beats = await Promise.all([two.session.beat(), three.session.beat()]);
      const left = beats.flatMap((beat) => beat.left);
      expect(left.toSorted((a, b) => a.id - b.id)).toEqual(members);
      expect((await two.session.beat()).left).toEqual([]);
    });
  });

  describe('Leases', () => {
    it('have numbers of their own, and are told by each beat', async () => {
      const [one, two] = await twoNodes();
      const nodes = [one.session.node, two.session.node];
      expect(new Set(nodes).size).toBe(2);
      expect(nodes.every((node) => Number.isInteger(node) && node > 0 && node < 2 ** 21)).toBe(
        true,
      );
      const beat = await one.session.beat();
      expect(beat.wasAlive).toBe(true);
      expect(beat.nodes).toEqual(expect.arrayContaining(nodes));
      await two.session.close();
      expect((await one.session.beat()).nodes).not.toContain(two.session.node);
    });

    it('of the last node leave nothing behind', async () => {
      const engine = start();
      const room = newRoom();
      const one = await connect(engine);
      await one.session.enter({ room, id: idOf(one.session, 1) }, EVERY_BYTE);
      await one.session.close();
      const two = await connect(engine);
      expect(await two.session.members(room)).toEqual(new Map());
      expect(await two.session.beat()).toMatchObject({ nodes: [two.session.node], left: [] });
    });
  });

  describe('Claims', () => {
    it('are given to one of many, and again when their time is over', async () => {
      const [one, two] = await twoNodes();
      const key = newRoom();
      const claim = ({ session }: EngineNode, ttl: number) => session.claim(key, ttl);
      const claims = [claim(one, 100), claim(two, 100), claim(one, 100), claim(two, 100)];
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
      expect(await until(() => claim(two, 60_000), Boolean, 'the claim to end')).toBe(true);
      expect(await claim(one, 60_000)).toBe(false);
      expect(await one.session.claim(newRoom(), 60_000)).toBe(true);
    });
  });

  describe('A closed session', () => {
    it('refuses everything but to be closed again, and hears nothing more', async () => {
      const [one, two] = await twoNodes();
      const [room, other] = [newRoom(), newRoom()];
      await one.session.subscribe(room);
      await two.session.subscribe(other);
      await one.session.close();
      await one.session.close();
      const { session } = one;
      const member = { room, id: idOf(session, 1) };
      const calls = [
        session.publish(room, EVERY_BYTE),
        session.subscribe(room),
        session.unsubscribe(room),
        session.append(room, EVERY_BYTE, BOUNDS),
        session.read(room, 0, 1),
        session.enter(member, EVERY_BYTE),
        session.exit(member),
        session.members(room),
        session.beat(),
        session.claim(room, 1_000),
      ];
      for (const call of calls) {
        await expect(call).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      }
      await two.session.publish(room, Buffer.from('unheard'));
      await two.session.publish(other, Buffer.from('heard'));
      await two.heard.frames.next();
      expect(one.heard.frames.unread).toEqual([]);
      expect(one.heard.availability.unread).toEqual([]);
    });
  });
}

describe('The engine in memory', () => {
  keepsTheContract(memoryEngine);
});

const found = await findRedis();

describeWithRedis(found, 'The engine on Redis', () => {
  const redis = useRedis(found);
  // Each test has a cluster of its own.
  keepsTheContract(() => {
    return redisEngine({ url: redis.url, prefix: `${redis.prefix}${++counter}:` });
  });
});
