import { expect, it } from '@jest/globals';
import { describeWithRedisServer } from '../helpers/redis.js';
import { until } from '../helpers/until.js';
import { LONG, useClusters } from './support/cluster-scene.js';

const rooms = { 'hall*': { history: 100, presence: true } };

describeWithRedisServer('A node that is killed', () => {
  const start = useClusters();

  it('is missed by nobody for long: its clients go elsewhere and get what they missed', async () => {
    const { cluster, connect } = await start(2, rooms);
    const [first, second] = cluster.nodes;
    const member = await connect('member', ['hall']);
    const node = async () => (await first!.process.call('members', 'hall'))[0]!.node;
    const here = await first!.process.call('stats');
    const [victim, survivor] =
      (await node()) === here.cluster.node ? [first!, second!] : [second!, first!];
    await survivor.process.call('publish', 'hall', 1);
    expect(await member.next('move')).toBe(1);
    await victim.kill();
    await survivor.process.call('publish', 'hall', 2);
    expect(await member.next('move')).toBe(2);
    expect(await member.next('room')).toMatchObject({ recovered: false });
    expect(await member.next('room')).toMatchObject({ recovered: true });
  });

  it('leaves no presence, no key and nobody who is not told, 15 seconds later', async () => {
    const { cluster, connect, stranger } = await start(2, rooms);
    const watcher = await connect('watcher', ['hall'], 0);
    const others = [await connect('one', ['hall'], 1), await connect('other', ['hall'], 1)];
    const joined = [await watcher.next('joined'), await watcher.next('joined')];
    expect(await cluster.nodes[0]!.process.call('members', 'hall')).toHaveLength(3);
    const { node } = (await cluster.nodes[1]!.process.call('stats')).cluster;
    for (const { client } of others) client.events.once('disconnect', () => client.close());
    await cluster.nodes[1]!.kill();
    const killedAt = performance.now();
    const left = [await watcher.next('left'), await watcher.next('left')];
    expect(performance.now() - killedAt).toBeLessThan(15_000);
    const ids = (events: unknown[]) =>
      events.map((event) => (event as { member: { id: number } }).member.id).toSorted();
    expect(ids(left)).toEqual(ids(joined));
    // Since when they were there, and not when they were missed.
    expect(left).toEqual(expect.arrayContaining(joined));
    expect(await cluster.nodes[0]!.process.call('members', 'hall')).toMatchObject([
      { meta: { name: 'watcher' } },
    ]);
    const redis = await stranger();
    const keys = await redis.keys(`${cluster.prefix}*`);
    expect(keys.filter((key) => key.includes(`node:${node}`))).toEqual([]);
    expect(await redis.zScore(`${cluster.prefix}nodes`, String(node))).toBeNull();
    expect(await redis.hKeys(`${cluster.prefix}room:hall:members`)).toHaveLength(1);
  });

  it('fails the asks to its clients, and is not waited for', async () => {
    const { cluster, connect } = await start(2, rooms);
    await connect('member', ['hall'], 1);
    await cluster.nodes[1]!.kill();
    const [first] = cluster.nodes;
    await until(
      async () => (await first!.process.call('stats')).cluster.nodes === 1,
      'the dead node to be noticed',
      LONG,
    );
    expect(await first!.process.call('members', 'hall')).toEqual([]);
  });

  it('that ends in order sends its clients elsewhere at random moments, and is gone at once', async () => {
    const { cluster, connect } = await start(2, rooms);
    const member = await connect('member', ['hall']);
    const [first, second] = cluster.nodes;
    const { id } = (await first!.process.call('members', 'hall'))[0]!;
    const { node } = (await first!.process.call('stats')).cluster;
    const [going, staying] =
      Math.floor(id / 2 ** 32) === node ? [first!, second!] : [second!, first!];
    await going.process.call('stop');
    expect(await member.next('disconnect')).toMatchObject({
      code: 1001,
      reason: expect.stringMatching(/; retry within 200 ms$/) as unknown,
    });
    await going.kill();
    await member.next('reconnected');
    await until(
      async () => (await staying.process.call('members', 'hall')).length === 1,
      'the member to be there',
      LONG,
    );
    expect((await staying.process.call('stats')).cluster.nodes).toBe(1);
  });
});
