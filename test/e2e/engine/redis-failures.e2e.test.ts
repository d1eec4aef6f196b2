import { expect, it } from '@jest/globals';
import { roomChannel } from '../../../src/engine/engine.js';
import { useLog } from '../../fixtures/log.js';
import { until, type EngineNode } from '../../helpers/engine-node.js';
import { untilAvailable, useRedisNodes } from '../../helpers/redis-nodes.js';
import { describeWithRedisServer } from '../../helpers/redis.js';

const BOUNDS = { size: 100, ttl: 60_000 };
const ROOM = 'table:7';
const CHANNEL = roomChannel(ROOM);
const FRAME = Buffer.from('frame');

describeWithRedisServer('The engine on a Redis that fails', () => {
  const log = useLog();
  const { start, connect, stranger } = useRedisNodes();

  it('begins new epochs on a Redis that comes back empty, with all subscriptions', async () => {
    const server = await start();
    const [one, two] = [await connect(server.url), await connect(server.url)];
    await two.session.subscribe(CHANNEL);
    await two.session.subscribe('all');
    const before = await one.session.append(ROOM, FRAME, BOUNDS);
    await two.heard.entries.next();
    await server.kill();
    await Promise.all([untilAvailable(one, false), untilAvailable(two, false)]);
    await expect(one.session.publish('all', FRAME)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      cause: expect.any(Error),
    });
    await server.restart();
    await Promise.all([untilAvailable(one, true), untilAvailable(two, true)]);
    const { head, entries } = await one.session.read(ROOM, 0, 10);
    expect(head).toEqual({ epoch: expect.not.stringContaining(before.epoch), offset: 0 });
    expect(entries).toEqual([]);
    const after = await one.session.append(ROOM, FRAME, BOUNDS);
    expect(after).toEqual({ epoch: head.epoch, offset: 1 });
    expect(await two.heard.entries.next()).toEqual({ room: ROOM, ...after, frame: FRAME });
    await one.session.publish('all', FRAME);
    expect(await two.heard.frames.next()).toEqual({ channel: 'all', text: 'frame' });
  });

  it('begins new epochs on a Redis that comes back with an older snapshot', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    await node.session.append(ROOM, FRAME, BOUNDS);
    const before = await node.session.append(ROOM, FRAME, BOUNDS);
    await client.sendCommand(['SAVE']);
    await node.session.append(ROOM, FRAME, BOUNDS);
    await server.restart();
    await untilAvailable(node, false);
    await untilAvailable(node, true);
    expect(await client.exists(`ns:room:${ROOM}:log`)).toBe(1);
    const { head, entries } = await node.session.read(ROOM, 0, 10);
    expect(head).toEqual({ epoch: expect.not.stringContaining(before.epoch), offset: 0 });
    expect(entries).toEqual([]);
  });

  it('keeps epochs, leases and numbers while only connections are lost', async () => {
    const server = await start();
    const node = await connect(server.url);
    const { node: number } = node.session;
    const { epoch } = await node.session.append(ROOM, FRAME, BOUNDS);
    await (await stranger(server.url)).sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
    await untilAvailable(node, false);
    await untilAvailable(node, true);
    expect(await node.session.append(ROOM, FRAME, BOUNDS)).toEqual({ epoch, offset: 2 });
    expect((await node.session.beat()).nodes).toEqual([number]);
    expect(node.session.node).toBe(number);
  });

  it('notices that only its subscriptions are cut, and makes them again', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    const channels = Array.from({ length: 300 }, (_, index) => `channel-${index}`);
    await Promise.all(channels.map((channel) => node.session.subscribe(channel)));
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await untilAvailable(node, false);
    // What is wanted or not from now on counts when it is back.
    await node.session.unsubscribe('channel-0').catch(() => undefined);
    await node.session.subscribe('another').catch(() => undefined);
    await untilAvailable(node, true);
    const expected = [...channels.slice(1), 'another'].map((channel) => `ns:${channel}`);
    const held = await client.pubSubChannels('ns:*');
    expect(held.toSorted()).toEqual(expected.toSorted());
    await node.session.publish('another', FRAME);
    expect(await node.heard.frames.next()).toEqual({ channel: 'another', text: 'frame' });
    expect(node.heard.availability.unread).toEqual([]);
    expect(log.matching(/Redis cannot be reached/)).toHaveLength(1);
    expect(log.matching(/Redis can be reached again/)).toHaveLength(1);
  });

  it('notices a Redis that hangs, and goes on when it does', async () => {
    const server = await start();
    const node = await connect(server.url, { deadline: 1_500 });
    await node.session.subscribe('all');
    server.pause();
    const refused = expect(node.session.publish('all', FRAME)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('no answer within 1500 ms'),
    });
    await untilAvailable(node, false);
    await refused;
    await expect(node.session.beat()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    server.resume();
    await untilAvailable(node, true);
    await node.session.publish('all', Buffer.from('again'));
    await node.heard.frames.nextMatching(({ text }) => text === 'again');
    expect(log.matching(/Redis cannot be reached/)).toHaveLength(1);
  });

  it('closes at once while Redis hangs or is gone', async () => {
    const server = await start();
    const [one, two] = [await connect(server.url), await connect(server.url, { deadline: 1_500 })];
    server.pause();
    await two.session.publish('all', FRAME).catch(() => undefined);
    await two.session.close();
    await server.kill();
    await untilAvailable(one, false);
    await one.session.close();
    await server.restart();
    const client = await stranger(server.url);
    // Nobody comes back who has left.
    expect(await client.pubSubChannels('ns:*')).toEqual([]);
    expect(await client.exists('ns:nodes')).toBe(0);
  });

  it('ignores what no node has published', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    await node.session.subscribe(CHANNEL);
    await node.session.subscribe('all');
    const garbage = [
      '',
      '\u0001',
      '\u0001short',
      '\u0001no room here, but long enough',
      '\u0007',
      '{}',
    ];
    for (const text of garbage) await client.publish('ns:all', text);
    for (const text of garbage.slice(0, 3)) await client.publish(`ns:${CHANNEL}`, text);
    await node.session.publish('all', FRAME);
    expect((await node.heard.frames.next()).text).toBe('frame');
    await node.session.append(ROOM, FRAME, BOUNDS);
    expect((await node.heard.entries.next()).offset).toBe(1);
    expect(node.heard.frames.unread).toEqual([]);
    expect(node.heard.availability.unread).toEqual([]);
  });

  it('goes on where its scripts were flushed', async () => {
    const server = await start();
    const node = await connect(server.url);
    await (await stranger(server.url)).scriptFlush();
    expect((await node.session.append(ROOM, FRAME, BOUNDS)).offset).toBe(1);
    expect((await node.session.read(ROOM, 0, 10)).entries).toHaveLength(1);
    expect((await node.session.beat()).wasAlive).toBe(true);
  });

  it('rejects what Redis refuses, and stays connected', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    await client.set(`ns:room:${ROOM}:head`, 'no hash');
    await expect(node.session.append(ROOM, FRAME, BOUNDS)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      cause: expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') }),
    });
    expect((await node.session.beat()).wasAlive).toBe(true);
    expect(node.heard.availability.unread).toEqual([]);
  });

  it('looks for another server where this one became a replica', async () => {
    const server = await start();
    const node = await connect(server.url);
    const client = await stranger(server.url);
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    await expect(node.session.append(ROOM, FRAME, BOUNDS)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
    });
    await untilAvailable(node, false);
    await untilGone(node);
    await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    await untilAvailable(node, true);
    expect((await node.session.append(ROOM, FRAME, BOUNDS)).offset).toBe(1);
  });

  function untilGone({ session }: EngineNode) {
    const claim = () => session.claim('anything', 1).then(String, ({ code }) => String(code));
    return until(claim, (answer) => answer === 'ENGINE_UNAVAILABLE', 'Redis to be gone');
  }
});
