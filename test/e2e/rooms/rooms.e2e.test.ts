import { once, type EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  ConnectedClient,
  RoomState,
  SkipAuth,
  SocketHandler,
  type SocketsOptions,
} from '../../../src/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { RoomClient, RoomHandlers } from '../../fixtures/rooms.js';

const startApp = useApps();

async function start(options: SocketsOptions = {}, parts: Parameters<typeof startApp>[0] = {}) {
  const app = await startApp({ providers: [RoomHandlers], options, ...parts });
  const connect = async (...rooms: string[]) => {
    const member = await RoomClient.connect(app);
    for (const room of rooms) await member.join(room);
    return member;
  };
  return { app, server: app.server, connect };
}

describe('A room', () => {
  it('gets what is sent to it, and nobody else does', async () => {
    const { server, connect } = await start();
    const [one, other] = [await connect('table:7'), await connect('table:8')];
    expect(server.to('table:7').send('move', 'e4')).toBe(1);
    server.broadcast('move', 'for all');
    expect(await one.moves(2)).toEqual(['e4', 'for all']);
    expect(await other.moves(1)).toEqual(['for all']);
  });

  it('is left by who leaves it, and by whose connection ends', async () => {
    const { server, connect } = await start();
    const [one, other] = [await connect('table:7', 'lobby'), await connect('table:7')];
    expect(await one.client.request('leave', 'table:7')).toEqual(['lobby']);
    expect(server.to('table:7').send('move', 'e4')).toBe(1);
    other.client.close();
    await new Promise((resolve) => server.disconnected$.subscribe(resolve));
    expect(server.to('table:7').send('move', 'e5')).toBe(0);
    expect(server.to('lobby').send('move', 'still there')).toBe(1);
    expect(await one.next()).toEqual({ move: 'still there' });
  });

  it('reaches a client that is in several once', async () => {
    const { server, connect } = await start();
    const member = await connect('a', 'b');
    expect(server.to('a', 'b').send('move', 1)).toBe(1);
    expect(server.to('a').send('move', 2)).toBe(1);
    expect(await member.moves(2)).toEqual([1, 2]);
  });

  it('leaves out clients by their id, and members of other rooms', async () => {
    const { server, connect } = await start();
    const [one, other, third] = [
      await connect('table:7'),
      await connect('table:7'),
      await connect('table:7', 'muted'),
    ];
    expect(server.to('table:7').except(one.id).except('muted').send('move', 'e4')).toBe(1);
    server.broadcast('move', 'for all');
    expect(await other.moves(2)).toEqual(['e4', 'for all']);
    expect(await one.moves(1)).toEqual(['for all']);
    expect(await third.moves(1)).toEqual(['for all']);
  });

  it('can be joined in the auth handler, and is joined only if that accepts', async () => {
    @Injectable()
    class AuthHandler {
      @SkipAuth()
      @SocketHandler('auth')
      async auth({ isWelcome }: { isWelcome: boolean }, client: ConnectedClient) {
        await client.join('welcome');
        return isWelcome;
      }
    }
    const { app, server } = await start({}, { auth: AuthHandler });
    const member = await app.connect({ authData: { isWelcome: true } });
    member.watch('move');
    await expect(app.connect({ authData: { isWelcome: false } })).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
    });
    expect(server.to('welcome').send('move', 'e4')).toBe(1);
    expect(await member.nextPush('move')).toBe('e4');
  });

  it('is emptied, and its members are disconnected, with one call', async () => {
    const { server, connect } = await start();
    const [one, other] = [await connect('table:7'), await connect('table:7', 'table:8')];
    expect(server.in('table:8').disconnect(4_000, 'the game is over')).toBe(1);
    const closed = new Promise((resolve) => other.client.events.once('disconnect', resolve));
    expect(await closed).toMatchObject({ code: 4_000, reason: 'the game is over' });
    server.in('table:7').leave();
    expect(server.to('table:7').send('move', 'e4')).toBe(0);
    expect(server.clientMap.get(one.id)?.rooms).toEqual([]);
  });

  it.each(['', 'two words', 'line\nbreak', 'x'.repeat(201), 7 as never])(
    'is not called %j',
    async (room) => {
      const { server, connect } = await start();
      const member = await connect();
      await expect(member.join(room)).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(() => server.to(room)).toThrow(expect.objectContaining({ code: 'INVALID_ROOM' }));
      expect(() => server.in(room)).toThrow(expect.objectContaining({ code: 'INVALID_ROOM' }));
    },
  );

  it('of an original client gets plain pushes, without any field that is ours', async () => {
    const { app, server } = await start({ rooms: { '*': { history: 10 } } });
    const peer = await authenticatedRaw(app, { mode: 'original' });
    peer.sendMessage({ request: 'join', data: { room: 'table:7' } });
    expect(await peer.next()).toEqual({ request: 'join', response: ['table:7'] });
    await server.to('table:7').publish('move', 'e4');
    expect(await peer.next()).toEqual({ request: 'move', response: 'e4' });
  });
});

describe('A room with history', () => {
  const rooms = { 'table:*': { history: 5 } };

  it('numbers what is published, and delivers it in that order', async () => {
    const { server, connect } = await start({ rooms });
    const member = await connect('table:7');
    const positions = await Promise.all(
      [1, 2, 3].map((move) => server.to('table:7').publish('move', move)),
    );
    expect(positions.map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(new Set(positions.map(({ epoch }) => epoch)).size).toBe(1);
    expect(await member.next()).toMatchObject({ room: { room: 'table:7', recovered: false } });
    expect(await member.moves(3)).toEqual([1, 2, 3]);
  });

  it('gives a client that comes back what it missed, in order, before anything else', async () => {
    const { app, server } = await start({ rooms });
    const through = await app.faults();
    const member = await RoomClient.connect(app, { through, reconnect: { baseDelay: 1 } });
    await member.join('table:7');
    await server.to('table:7').publish('move', 1);
    await member.moves(1);
    const back = once(member.client.events as EventEmitter, 'reconnected');
    through.cutAll();
    await new Promise((resolve) => server.disconnected$.subscribe(resolve));
    for (const move of [2, 3]) await server.to('table:7').publish('move', move);
    await back;
    await member.join('table:7');
    await server.to('table:7').publish('move', 4);
    expect(await member.entered()).toMatchObject({ recovered: false });
    expect([
      await member.next(),
      await member.next(),
      await member.next(),
      await member.next(),
    ]).toMatchObject([
      { move: 2 },
      { move: 3 },
      { room: { room: 'table:7', recovered: true } },
      { move: 4 },
    ]);
  });

  it('says so when what a client missed is gone', async () => {
    const { app, server } = await start({ rooms });
    const through = await app.faults();
    const member = await RoomClient.connect(app, { through, reconnect: { baseDelay: 1 } });
    await member.join('table:7');
    const back = once(member.client.events as EventEmitter, 'reconnected');
    through.cutAll();
    await new Promise((resolve) => server.disconnected$.subscribe(resolve));
    for (let move = 1; move <= 6; move++) await server.to('table:7').publish('move', move);
    await back;
    await member.join('table:7');
    await server.to('table:7').publish('move', 7);
    expect([await member.next(), await member.next(), await member.next()]).toMatchObject([
      { room: { room: 'table:7', recovered: false } },
      { room: { room: 'table:7', recovered: false } },
      { move: 7 },
    ]);
  });

  it('gives new members its state, and every message behind it', async () => {
    const moves: number[] = [];
    const onJoin = async () => [...moves];
    const { server, connect } = await start({ rooms: { 'table:*': { history: 5, onJoin } } });
    moves.push(1);
    await server.to('table:7').publish('move', 1);
    const member = await connect('table:7');
    await server.to('table:7').publish('move', 2);
    expect(await member.next()).toEqual({
      room: {
        room: 'table:7',
        recovered: false,
        position: { epoch: expect.any(String) as unknown, offset: 1 },
        state: [1],
      },
    });
    expect(await member.next()).toEqual({ move: 2 });
  });

  it('gives the state that a method of a provider makes, before that of the option', async () => {
    @Injectable()
    class Tables {
      private readonly names = ['of a provider'];

      @RoomState('table:*')
      async state({ id }: ConnectedClient, room: string) {
        return { id, room, names: this.names };
      }
    }
    const onJoin = () => 'of the option';
    const parts = { providers: [RoomHandlers, Tables] };
    const rooms = { '*': { history: 5, onJoin } };
    const { connect } = await start({ rooms }, parts);
    const member = await connect('table:7', 'lobby');
    const state = { id: member.id, room: 'table:7', names: ['of a provider'] };
    expect(await member.entered()).toMatchObject({ room: 'table:7', state });
    expect(await member.entered()).toMatchObject({ room: 'lobby', state: 'of the option' });
  });

  it('goes on without a state when the application fails to give it', async () => {
    const onJoin = () => {
      throw new Error('the database is down');
    };
    const { server, connect } = await start({ rooms: { 'table:*': { history: 5, onJoin } } });
    const member = await connect('table:7');
    await server.to('table:7').publish('move', 1);
    expect(await member.next()).toMatchObject({ room: { room: 'table:7', recovered: false } });
    expect(await member.next()).toEqual({ move: 1 });
  });

  it('does not give a client later what was not for it', async () => {
    const { app, server } = await start({ rooms });
    const through = await app.faults();
    const member = await RoomClient.connect(app, { through, reconnect: { baseDelay: 1 } });
    await member.join('table:7');
    await server.to('table:7').except(member.id).publish('move', 'its own');
    // So that it has heard by now that it is behind that one.
    await member.client.request('whoAmI');
    const back = once(member.client.events as EventEmitter, 'reconnected');
    through.cutAll();
    await back;
    await member.join('table:7');
    expect(await member.entered()).toMatchObject({ recovered: false });
    expect(await member.entered()).toMatchObject({ recovered: true });
    expect(member.heard.unread).toEqual([]);
  });

  it('gives a client that did not read for a while what was dropped, in order', async () => {
    const { app, server } = await start({
      rooms: { 'table:*': { history: 2_000 } },
      slowConsumerPolicy: 'drop',
      sendHighWaterMark: 16_384,
    });
    const member = await RoomClient.connect(app);
    await member.join('table:7');
    const published = [];
    for (let move = 0; move < 1_500; move++) {
      published.push(server.to('table:7').publish('move', [move, 'x'.repeat(1_000)]));
    }
    await Promise.all(published);
    const moves = (await member.moves(1_500)) as [number, string][];
    expect(moves.map(([move]) => move)).toEqual(Array.from({ length: 1_500 }, (_, move) => move));
  });

  it('refuses what cannot be kept', async () => {
    const { server } = await start({ rooms });
    await expect(server.to('lobby').publish('move')).rejects.toMatchObject({ code: 'NO_HISTORY' });
    await expect(server.to('table:1', 'table:2').publish('move')).rejects.toMatchObject({
      code: 'INVALID_ROOM',
    });
    await expect(server.to('table:1').publish('move', Buffer.from('e4'))).rejects.toMatchObject({
      code: 'INVALID_MESSAGE',
    });
  });

  it('carries bytes where nobody speaks version 1', async () => {
    const { server, connect } = await start({ rooms, versions: [2] });
    const member = await connect('table:7');
    await server.to('table:7').publish('move', Buffer.from([0, 255]));
    expect(Buffer.from((await member.moves(1))[0] as Uint8Array)).toEqual(Buffer.from([0, 255]));
  });

  it('begins anew for a client whose words about its position make no sense', async () => {
    const { app, server } = await start({ rooms });
    const peer = await connectRaw(app);
    peer.sendMessage({
      request: 'auth',
      id: 1,
      data: { authKey: AUTH_KEY },
      rooms: { 'table:7': ['epoch', -1], 'two words': ['e', 1], 'table:8': 'x', 'table:9': [1, 2] },
    });
    expect(await peer.next()).toMatchObject({ request: 'auth', id: 1, response: 'success' });
    peer.sendMessage({ request: 'join', id: 2, data: { room: 'table:7' } });
    const messages = [await peer.next(), await peer.next()];
    expect(messages).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ recovered: false }) as object }),
    );
    await server.to('table:7').publish('move', 1);
    expect(await peer.next()).toMatchObject({ request: 'move', data: 1, offset: 1 });
  });
});

describe('A room with presence', () => {
  const rooms = {
    'table:*': { presence: ({ meta }: { meta: Record<string, unknown> }) => meta['name'] },
  };

  it('knows who is in it', async () => {
    const { server, connect } = await start({ rooms });
    const before = Date.now();
    const member = await connect('table:7');
    const [found] = await server.in('table:7').members();
    expect(found).toMatchObject({ id: member.id, node: 0, meta: {} });
    expect(found!.since).toBeGreaterThanOrEqual(before);
    await member.client.request('leave', 'table:7');
    expect(await server.in('table:7').members()).toEqual([]);
  });

  it('tells those members that ask for it who comes and goes', async () => {
    @Injectable()
    class AuthHandler {
      @SkipAuth()
      @SocketHandler('auth')
      auth({ name }: { name: string }, client: ConnectedClient) {
        client.meta = { name, secret: 'for the server only' };
        return true;
      }
    }
    const { app } = await start({ rooms }, { auth: AuthHandler });
    const one = await RoomClient.connect(app, { authData: { name: 'one' } });
    const other = await RoomClient.connect(app, { authData: { name: 'other' } });
    await one.join('table:7', { members: true });
    await other.join('table:7');
    const member = { id: other.id, since: expect.any(Number) as unknown, info: 'other' };
    expect(await one.next()).toEqual({ joined: { room: 'table:7', member } });
    other.client.close();
    expect(await one.next()).toEqual({ left: { room: 'table:7', member } });
    expect(other.heard.unread).toEqual([]);
  });

  it('is needed to ask who is in a room', async () => {
    const { server, connect } = await start({ rooms });
    const member = await connect();
    await expect(server.in('lobby').members()).rejects.toMatchObject({ code: 'INVALID_ROOM' });
    await expect(member.join('lobby', { members: true })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });
});
