import { expect, it } from '@jest/globals';
import { useLog } from '../../fixtures/log.js';
import { until } from '../../helpers/engine-node.js';
import { LONG, untilAvailable, useRedisNodes } from '../../helpers/redis-nodes.js';
import { describeWithRedisServer } from '../../helpers/redis.js';

const ROOM = 'table:7';
const FRAME = Buffer.from('frame');
const IDS_PER_NODE = 2 ** 32;

function urlOf({ port }: { port: number }): string {
  return `redis://127.0.0.1:${port}`;
}

describeWithRedisServer('Leases on Redis', () => {
  useLog();
  const { start, relayTo, connect, stranger } = useRedisNodes();

  it('finds out by its beats that it hears nothing any more', async () => {
    const server = await start();
    const relay = await relayTo(server);
    const node = await connect(urlOf(relay), { deadline: 1_500 });
    await node.session.subscribe('all');
    await node.session.beat();
    relay.freeze(await connectionsOf(server.url, 'pubsub'));
    await expect(node.session.beat()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await untilAvailable(node, false);
    await untilAvailable(node, true);
    await node.session.publish('all', FRAME);
    await node.heard.frames.next();
  });

  it('tells one other node of whom a node left that ended without a word', async () => {
    const server = await start();
    const timing = { lease: 3_000, deadline: LONG };
    const relay = await relayTo(server);
    const [one, two] = [await connect(urlOf(relay), timing), await connect(server.url, timing)];
    const three = await connect(server.url, timing);
    const members = Array.from({ length: 50 }, (_, index) => ({
      room: `room-${index % 3}`,
      id: one.session.node * IDS_PER_NODE + index,
      value: Buffer.from(`value ${index}`),
    }));
    await Promise.all(members.map((member) => one.session.enter(member, member.value)));
    relay.freeze();
    const left: unknown[] = [];
    const beat = async () => {
      const beats = await Promise.all([two.session.beat(), three.session.beat()]);
      left.push(...beats.flatMap((each) => each.left));
      expect(beats.every(({ wasAlive }) => wasAlive)).toBe(true);
      return beats[0].nodes;
    };
    const nodes = await until(
      beat,
      () => left.length >= members.length,
      'the members to be told as left',
    );
    expect(left).toHaveLength(members.length);
    expect(left).toEqual(expect.arrayContaining(members));
    expect(nodes).not.toContain(one.session.node);
    expect(await two.session.members('room-0')).toEqual(new Map());
    // It was only cut off, and writes down anew who is there.
    relay.cut();
    await untilAvailable(one, false);
    await untilAvailable(one, true);
    expect((await one.session.beat()).wasAlive).toBe(false);
    await one.session.enter(members[0]!, FRAME);
    expect(await two.session.members('room-0')).toEqual(new Map([[members[0]!.id, FRAME]]));
    expect((await one.session.beat()).wasAlive).toBe(true);
  });

  it('takes nobody for dead because Redis was away for longer than a lease', async () => {
    const server = await start();
    const timing = { lease: 3_000 };
    const [one, two] = [await connect(server.url, timing), await connect(server.url, timing)];
    await one.session.enter({ room: ROOM, id: one.session.node * IDS_PER_NODE }, FRAME);
    const client = await stranger(server.url);
    const isOver = async () =>
      Number(await client.zScore('ns:nodes', String(one.session.node))) < Date.now();
    await until(isOver, Boolean, 'the lease to run out');
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await Promise.all([untilAvailable(one, false), untilAvailable(two, false)]);
    await Promise.all([untilAvailable(one, true), untilAvailable(two, true)]);
    const beat = await two.session.beat();
    expect(beat.left).toEqual([]);
    expect(beat.nodes).toContain(one.session.node);
  });

  /** The remote ports of what Redis takes for connections of that type. */
  async function connectionsOf(url: string, type: string): Promise<number[]> {
    const client = await stranger(url);
    const list = await client.sendCommand<string>(['CLIENT', 'LIST', 'TYPE', type]);
    return [...list.matchAll(/ addr=\S+:(\d+)/g)].map(([, port]) => Number(port));
  }
});
