import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { describeWithRedisServer } from '../helpers/redis.js';
import { until } from '../helpers/until.js';
import { LONG, useClusters } from './support/cluster-scene.js';
import type { ClusterNode } from './support/node-cluster.js';

const rooms = { 'table*': { history: 100 }, 'hall*': { presence: true } };

async function untilAvailable(node: ClusterNode, expected: boolean): Promise<void> {
  const what = expected ? 'the engine to be back' : 'the loss of the engine to be noticed';
  await until(
    async () => (await node.process.call('stats')).cluster.isAvailable === expected,
    what,
    LONG,
  );
}

describeWithRedisServer('A cluster whose Redis', () => {
  const start = useClusters();

  it('is killed and comes back empty says so to members of rooms, and goes on', async () => {
    const { redis, cluster, connect } = await start(2, rooms);
    const [first, second] = cluster.nodes;
    const member = await connect('member', ['table', 'hall'], 0);
    await second!.process.call('publish', 'table', 1);
    expect(await member.next('move')).toBe(1);
    const before = (await member.next('room')) as { position: { epoch: string } };
    await redis.kill();
    await untilAvailable(first!, false);
    await expect(first!.process.call('publish', 'table', 'lost')).rejects.toThrow(
      'ENGINE_UNAVAILABLE',
    );
    // What needs nobody else goes on meanwhile.
    expect(await first!.process.call('send', 'table', 'local')).toBe(1);
    expect(await member.next('move')).toBe('local');
    expect(await first!.process.call('members', 'hall')).toMatchObject([
      { meta: { name: 'member' } },
    ]);
    await redis.restart();
    await Promise.all([untilAvailable(first!, true), untilAvailable(second!, true)]);
    const after = (await member.next('room')) as typeof before & { recovered: boolean };
    expect(after.recovered).toBe(false);
    expect(after.position.epoch).not.toBe(before.position.epoch);
    await second!.process.call('publish', 'table', 2);
    expect(await member.next('move')).toBe(2);
    await until(
      async () => (await second!.process.call('members', 'hall')).length === 1,
      'presence to be written again',
      LONG,
    );
    expect((await first!.process.call('stats')).cluster.gaps).toBe(1);
  });

  it('hangs for 20 seconds serves everybody who is there, and loses nothing that it took', async () => {
    const { redis, cluster, connect } = await start(2, rooms);
    const [first, second] = cluster.nodes;
    const members = [await connect('one', ['table'], 0), await connect('other', ['table'], 1)];
    await first!.process.call('publish', 'table', 1);
    for (const member of members) expect(await member.next('move')).toBe(1);
    redis.pause();
    const pause = delay(20_000);
    // Whoever published just then hears within the deadline that nobody can tell whether it is stored.
    await expect(first!.process.call('publish', 'table', 'uncertain')).rejects.toThrow(
      'ENGINE_UNAVAILABLE',
    );
    await untilAvailable(first!, false);
    await untilAvailable(second!, false);
    await first!.process.call('broadcast', 'to all, later to the others');
    expect(await members[0]!.next('move')).toBe('to all, later to the others');
    expect(await members[0]!.client.request('echo', 'alive')).toBe('alive');
    await pause;
    redis.resume();
    await Promise.all([untilAvailable(first!, true), untilAvailable(second!, true)]);
    await second!.process.call('publish', 'table', 2);
    for (const [index, member] of members.entries()) {
      const moves: unknown[] = [];
      while (moves.at(-1) !== 2) moves.push(await member.next('move'));
      // What was uncertain was stored or not, but the same for both.
      const others = moves.filter((move) => move !== 'uncertain' && move !== 2);
      expect(others).toEqual(index === 0 ? [] : ['to all, later to the others']);
    }
    const stats = await Promise.all(cluster.nodes.map((node) => node.process.call('stats')));
    expect(stats.map(({ cluster }) => cluster.gaps)).toEqual([0, 0]);
  });

  it('is slow delivers everything in order, only later', async () => {
    const { cluster, connect } = await start(2, rooms);
    const [first, second] = cluster.nodes;
    const member = await connect('member', ['table'], 1);
    for (const { relay } of cluster.nodes) relay.slowDown(150);
    const published = Array.from({ length: 20 }, (_, move) =>
      [first!, second!][move % 2]!.process.call('publish', 'table', move),
    );
    const offsets = (await Promise.all(published)).map(({ offset }) => offset);
    const moves: unknown[] = [];
    while (moves.length < 20) moves.push(await member.next('move'));
    const inOrder = offsets.map((offset, move) => ({ offset, move }));
    inOrder.sort((one, other) => one.offset - other.offset);
    expect(moves).toEqual(inOrder.map(({ move }) => move));
  });

  it('loses its connections to a node makes that read what it missed', async () => {
    const { cluster, connect } = await start(2, rooms);
    const [first, second] = cluster.nodes;
    const member = await connect('member', ['table'], 0);
    await second!.process.call('publish', 'table', 1);
    expect(await member.next('move')).toBe(1);
    first!.relay.cut();
    for (const move of [2, 3]) await second!.process.call('publish', 'table', move);
    expect([await member.next('move'), await member.next('move')]).toEqual([2, 3]);
    expect((await first!.process.call('stats')).cluster.gaps).toBe(0);
  });

  it('is out of reach of one node without a word: the others bury it, and it comes back', async () => {
    const { cluster, connect } = await start(2, rooms);
    const [first, second] = cluster.nodes;
    const watcher = await connect('watcher', ['hall'], 0);
    await connect('member', ['hall', 'table'], 1);
    await watcher.next('joined');
    // New connections hang as well, until the way is free again.
    second!.relay.slowDown(60_000);
    second!.relay.freeze();
    expect(await watcher.next('left')).toMatchObject({ room: 'hall' });
    expect(await first!.process.call('members', 'hall')).toHaveLength(1);
    second!.relay.slowDown(0);
    second!.relay.cut();
    expect(await watcher.next('joined')).toMatchObject({ room: 'hall' });
    await until(
      async () => (await first!.process.call('members', 'hall')).length === 2,
      'presence to be written again',
      LONG,
    );
  });
});
