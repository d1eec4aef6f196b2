import { once, type EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import {
  SocketServer,
  SocketsModule,
  type GatewayServer,
  type SocketsEngine,
  type SocketsOptions,
} from '../../../src/index.js';
import { FaultProxy, type SocketsTestApp } from '../../../src/testing/index.js';
import { useApps } from '../../fixtures/apps.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { describeOnEngines } from '../../fixtures/engines.js';
import { until } from '../../helpers/until.js';
import { RoomClient, RoomHandlers } from '../../fixtures/rooms.js';

const NODE = 2 ** 32;

@WebSocketGateway()
class TableGateway {
  @WebSocketServer() readonly server!: GatewayServer;
}

describeOnEngines('Two nodes', (engine: () => SocketsEngine) => {
  const startApp = useApps();
  const startNode = (options: SocketsOptions = {}) =>
    startApp({
      providers: [RoomHandlers, TableGateway],
      options: { engine: engine(), drainSpread: 50, ...options },
    });

  async function start(options: SocketsOptions = {}) {
    const [here, there] = [await startNode(options), await startNode(options)];
    await until(() => [here, there].every(({ server }) => server.stats().cluster.nodes === 2));
    return { here, there };
  }

  it('give ids that say where a client is', async () => {
    const { here, there } = await start();
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    const [node, otherNode] = [here, there].map(({ server }) => server.stats().cluster.node);
    expect(Math.floor(one.id / NODE)).toBe(node);
    expect(Math.floor(other.id / NODE)).toBe(otherNode);
    expect(node).not.toBe(otherNode);
    expect(Number.isSafeInteger(other.id)).toBe(true);
  });

  it('push to a client of either, to those that match, and to all', async () => {
    const { here, there } = await start();
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    here.server.clientMap.get(one.id)!.meta = { role: 'worker' };
    there.server.clientMap.get(other.id)!.meta = { role: 'worker' };
    expect(here.server.sendTo(other.id, 'move', 'to one')).toBe(false);
    expect(here.server.sendToByMeta('role', 'worker', 'move', 'to workers')).toBe(1);
    expect(here.server.sendToByMeta('role', 'watcher', 'move', 'to watchers')).toBe(0);
    expect(here.server.broadcast('move', 'to all')).toBe(1);
    expect(await other.moves(3)).toEqual(['to one', 'to workers', 'to all']);
    expect(await one.moves(2)).toEqual(['to workers', 'to all']);
  });

  it('carry bytes', async () => {
    const { here, there } = await start({ versions: [2] });
    const other = await RoomClient.connect(there);
    here.server.sendTo(other.id, 'move', Buffer.from([0, 1, 255]));
    expect(Buffer.from((await other.moves(1))[0] as Uint8Array)).toEqual(Buffer.from([0, 1, 255]));
  });

  it('ask clients of each other, and get their errors as they are', async () => {
    const { here, there } = await start();
    const other = await RoomClient.connect(there);
    other.client.on('add', ([a, b]: number[]) => a! + b!);
    expect(await here.server.request(other.id, 'add', [1, 2])).toBe(3);
    await expect(here.server.request(other.id, 'nothing')).rejects.toMatchObject({
      name: 'RemoteError',
      code: 'UNKNOWN_HANDLER',
    });
    await expect(here.server.request(other.id + 1, 'add', [1, 2])).rejects.toMatchObject({
      code: 'UNKNOWN_CLIENT',
    });
    other.client.on('never', () => new Promise(() => undefined));
    await expect(
      here.server.request(other.id, 'never', undefined, { timeout: 50 }),
    ).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('disconnect clients of each other', async () => {
    const { here, there } = await start();
    const other = await RoomClient.connect(there);
    const gone = once(other.client.events as EventEmitter, 'disconnect');
    expect(here.server.disconnect(other.id, 4_000, 'moved')).toBe(false);
    expect((await gone)[0]).toMatchObject({ code: 4_000, reason: 'moved' });
  });

  it('list the clients of both', async () => {
    const { here, there } = await start();
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    there.server.clientMap.get(other.id)!.meta = { role: 'worker' };
    await other.join('table:7');
    const found = [];
    for await (const client of here.server.clients()) found.push(client);
    expect(found).toMatchObject([
      { id: one.id, meta: {}, rooms: [] },
      {
        id: other.id,
        node: Math.floor(other.id / NODE),
        ip: '127.0.0.1',
        meta: { role: 'worker' },
        rooms: ['table:7'],
      },
    ]);
  });

  it('share rooms: what is sent on one reaches the members on both, each once', async () => {
    const { here, there } = await start();
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    for (const member of [one, other]) {
      await member.join('table:7');
      await member.join('table:8');
    }
    here.server.to('table:7').send('move', 1);
    here.server.to('table:7', 'table:8').send('move', 2);
    here.server.to('table:7').except(one.id, other.id).send('move', 'for nobody');
    here.app.get(TableGateway).server.to('table:8').send('move', 3);
    expect(await one.moves(3)).toEqual([1, 2, 3]);
    expect(await other.moves(3)).toEqual([1, 2, 3]);
  });

  it('empty rooms, and disconnect their members, on both', async () => {
    const { here, there } = await start();
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    for (const member of [one, other]) await member.join('table:7');
    await other.join('table:8');
    here.server.in('table:7').leave();
    const gone = once(other.client.events as EventEmitter, 'disconnect');
    here.server.in('table:8').disconnect(4_000);
    expect((await gone)[0]).toMatchObject({ code: 4_000 });
    expect(here.server.to('table:7').send('move')).toBe(0);
    expect(there.server.to('table:7').send('move')).toBe(0);
  });

  it('deliver what is published on both in one order to members on both', async () => {
    const { here, there } = await start({ rooms: { 'table:*': { history: 500 } } });
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    for (const member of [one, other]) await member.join('table:7');
    const published = Array.from({ length: 200 }, (_, move) =>
      [here, there][move % 2]!.server.to('table:7').publish('move', move),
    );
    const offsets = (await Promise.all(published)).map(({ offset }) => offset);
    expect(offsets.toSorted((a, b) => a - b)).toEqual(Array.from(offsets, (_, index) => index + 1));
    const inOrder = offsets.map((offset, move) => ({ offset, move }));
    inOrder.sort((a, b) => a.offset - b.offset);
    const moves = inOrder.map(({ move }) => move);
    expect(await one.moves(200)).toEqual(moves);
    expect(await other.moves(200)).toEqual(moves);
    expect(one.heard.unread).toHaveLength(1);
  });

  it('give a client that moves from one to the other what it missed', async () => {
    const { here, there } = await start({ rooms: { 'table:*': { history: 100 } } });
    const apps = [here, there];
    const address = ({ port }: SocketsTestApp) => `ws://127.0.0.1:${port}`;
    let target = address(here);
    const proxy = await FaultProxy.start(() => target);
    try {
      const member = await RoomClient.connect(here, {
        through: proxy,
        reconnect: { baseDelay: 1 },
      });
      await member.join('table:7');
      await there.server.to('table:7').publish('move', 1);
      expect(await member.moves(1)).toEqual([1]);
      target = address(there);
      const back = once(member.client.events as EventEmitter, 'reconnected');
      proxy.cutAll();
      for (const app of apps) await app.server.to('table:7').publish('move', 'missed');
      await back;
      await member.join('table:7');
      await here.server.to('table:7').publish('move', 'live');
      expect(await member.moves(3)).toEqual(['missed', 'missed', 'live']);
      expect(await member.entered()).toMatchObject({ recovered: false });
      expect(await member.entered()).toMatchObject({ recovered: true });
    } finally {
      await proxy.close();
    }
  });

  it('know who is in a room on both, and tell members who comes and goes', async () => {
    const { here, there } = await start({ rooms: { 'table:*': { presence: true } } });
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    await one.join('table:7', { members: true });
    await other.join('table:7');
    expect(await one.next()).toMatchObject({
      joined: { room: 'table:7', member: { id: other.id } },
    });
    const members = await here.server.in('table:7').members();
    expect(members.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      [one.id, other.id].toSorted((a, b) => a - b),
    );
    expect(members.find(({ id }) => id === other.id)).toMatchObject({
      node: Math.floor(other.id / NODE),
    });
    other.client.close();
    expect(await one.next()).toMatchObject({ left: { member: { id: other.id } } });
    expect(await here.server.in('table:7').members()).toMatchObject([{ id: one.id }]);
  });

  it('tell the clients of one that goes to come to the other, at a random moment', async () => {
    const { here, there } = await start({ drainSpread: 50 });
    let target = `ws://127.0.0.1:${here.port}`;
    const proxy = await FaultProxy.start(() => target);
    try {
      // Without the hint it would wait for a minute at least every other time.
      const reconnect = { baseDelay: 1e9, maxDelay: 1e9 };
      // Of the other one, since an application that is closed in a test takes its clients along.
      const member = await RoomClient.connect(there, { through: proxy, reconnect });
      target = `ws://127.0.0.1:${there.port}`;
      const delay = once(member.client.events as EventEmitter, 'reconnecting');
      const back = firstValueFrom(there.server.authenticated$);
      await here.close();
      expect(((await delay)[0] as { delay: number }).delay).toBeLessThan(50);
      await back;
    } finally {
      await proxy.close();
    }
  });

  it('hear an application context, which has no clients of its own', async () => {
    const { here, there } = await start();
    const [one, other] = [await RoomClient.connect(here), await RoomClient.connect(there)];
    const module = SocketsModule.forRoot({ authKey: AUTH_KEY, engine: engine() });
    const context = await NestFactory.createApplicationContext(module, { logger: false });
    try {
      expect(context.get(SocketServer).broadcast('move', 'from a job')).toBe(0);
      expect(await one.moves(1)).toEqual(['from a job']);
      expect(await other.moves(1)).toEqual(['from a job']);
    } finally {
      await context.close();
    }
    await until(() => here.server.stats().cluster.nodes === 2);
  });

  it('believe nothing that is sealed under another key', async () => {
    const here = await startNode({ clusterKey: 'a cluster key of its own, 1' });
    const there = await startNode({ clusterKey: 'a cluster key of its own, 2' });
    const both = await startNode({
      clusterKey: ['a cluster key of its own, 2', 'a cluster key of its own, 1'],
    });
    const [other, third] = [await RoomClient.connect(there), await RoomClient.connect(both)];
    here.server.broadcast('move', 1);
    expect(await third.moves(1)).toEqual([1]);
    both.server.broadcast('move', 2);
    expect(await other.moves(1)).toEqual([2]);
    expect(there.server.stats().cluster.framesRejected).toBeGreaterThan(0);
  });

  it('refuse an auth of version 1 that was recorded at the other', async () => {
    const { here, there } = await start();
    const through = await here.faults();
    const frames: Buffer[] = [];
    through.plan = ({ direction, data }) => {
      if (direction === 'toServer') frames.push(data);
      return 'pass';
    };
    await here.connect({ through, version: 1 });
    const thief = new WebSocket(`ws://127.0.0.1:${there.port}`);
    await once(thief, 'open');
    thief.send(frames[0]!, { binary: true });
    const [code, reason] = (await once(thief, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4_400, 'bad frame: replayed']);
  });
});
