import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import type { SocketClient } from '../../src/client/index.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { deferred } from '../fixtures/deferred.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import type { RawPeer } from '../helpers/raw-peer.js';
import { DEFAULT_DEADLINE, withDeadline } from '../helpers/with-deadline.js';

const HEART_BEAT = 25;
const NEVER = { baseDelay: 1_000_000, maxDelay: 1_000_000 };

const rawServers = useRawServers();
const cleanUp = useCleanUp();

/** A connection that the server has closed, while it does not read the client's answer to that. */
async function closing(client: SocketClient, peer: RawPeer, code: number): Promise<void> {
  peer.pause();
  peer.webSocket.close(code);
  while (accepts(client)) await turnOfTheEventLoop();
}

function accepts(client: SocketClient): boolean {
  try {
    client.send({ request: 'probe' });
    return true;
  } catch {
    return false;
  }
}

/** A server whose 101 and one more frame come in one packet. */
async function startRefusing(frame: Buffer): Promise<{ address: string; upgrades: () => number }> {
  let upgrades = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      upgrades++;
      socket.write(Buffer.concat([switching(request.toString()), frame]));
    });
  });
  server.listen(0, '127.0.0.1');
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `ws://127.0.0.1:${port}`, upgrades: () => upgrades };
}

function switching(request: string): Buffer {
  const key = /sec-websocket-key: (.+)\r\n/i.exec(request)![1]!;
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return Buffer.from(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
  );
}

function closeFrame(code: number): Buffer {
  return Buffer.from([0x88, 2, code >> 8, code & 0xff]);
}

describe('A connection that is being closed', () => {
  it('sends no heartbeat any more, though one falls due', async () => {
    const [server, other] = [await rawServers.start(), await rawServers.start()];
    const client = rawServers.client(server, { heartBeatInterval: HEART_BEAT, reconnect: NEVER });
    await client.connect();
    await closing(client, server.history[0]!, 1000);
    const clock = rawServers.client(other, { heartBeatInterval: HEART_BEAT });
    await clock.connect();
    for (let beats = 0; beats < 3; beats++) await other.nextMessage('heartBeat');
    expect(client.state).toBe('connected');
  });

  it('ends a stream whose signal fires, at once and without a throw', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    server.onRequest('never', () => new Promise(() => undefined));
    const client = rawServers.client(server, { reconnect: NEVER });
    await client.connect();
    const abort = new AbortController();
    const next = client.stream('never', null, { signal: abort.signal }).next();
    await server.nextMessage('never');
    await closing(client, server.history[0]!, 1000);
    abort.abort();
    await expect(next).rejects.toHaveProperty('code', 'REQUEST_ABORTED');
  });

  it('is refused for good when close 4401 comes in one packet with the upgrade', async () => {
    const { address, upgrades } = await startRefusing(closeFrame(4401));
    const client = rawServers.client({ address }, { reconnect: NEVER });
    const connecting = withDeadline(client.connect(), DEFAULT_DEADLINE, 'connect() to reject');
    await expect(connecting).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
      message: expect.stringContaining('4401'),
    });
    expect([client.state, upgrades()]).toEqual(['failed', 1]);
  });

  it('is lost at once when what comes in one packet with the upgrade violates RFC 6455', async () => {
    const { address } = await startRefusing(Buffer.from('ffffffff', 'hex'));
    const client = rawServers.client({ address }, { reconnect: false });
    const connecting = withDeadline(client.connect(), DEFAULT_DEADLINE, 'connect() to reject');
    await expect(connecting).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('1002'),
    });
  });

  it('reports 1009 for a reply above maxMessageSize', async () => {
    const server = await rawServers.start();
    server.onRequest('large', () => 'x'.repeat(5_000));
    const client = rawServers.client(server, { maxMessageSize: 4_096, reconnect: false });
    await client.connect();
    const gone = once(client.events, 'disconnect');
    await expect(client.request('large')).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('1009'),
    });
    expect(await gone).toMatchObject([{ code: 1009 }]);
  });

  it.each([
    ['1002', Buffer.from('ffffffff', 'hex'), 1002],
    ['1007', Buffer.from('8101ff', 'hex'), 1007],
  ])('reports %s for frames that violate RFC 6455', async (_name, bytes, code) => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: false });
    await client.connect();
    const gone = once(client.events, 'disconnect');
    server.history[0]!.socket.write(bytes);
    expect(await gone).toMatchObject([{ code }]);
  });

  it('reports 4400 at once for a frame that does not open, also to a server that does not answer', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: false });
    await client.connect();
    const [peer] = server.history;
    peer!.pause();
    const gone = once(client.events, 'disconnect');
    peer!.sendFrame(Buffer.alloc(40));
    expect(await withDeadline(gone, 1_000, 'disconnect')).toMatchObject([{ code: 4400 }]);
  });
});

describe('A connection that the client left', () => {
  it('is silent after close(): no hook runs, and what was open has rejected', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server);
    const hook = jest.fn();
    client.on('news', hook);
    server.onRequest('never', () => new Promise(() => undefined));
    await client.connect();
    const [peer] = server.history;
    const abort = new AbortController();
    const next = client.stream('never', null, { signal: abort.signal }).next();
    server.push('news', 1);
    client.close();
    abort.abort();
    await expect(next).rejects.toHaveProperty('code', 'CONNECTION_LOST');
    await peer!.untilClosed();
    expect(hook).not.toHaveBeenCalled();
  });

  it('ends requests and streams at once, also over a dead link', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    server.onRequest('never', () => new Promise(() => undefined));
    const client = rawServers.client(server);
    await client.connect();
    server.authenticatedPeers[0]!.pause();
    const request = client.request('never');
    const stream = client.stream('never').next();
    const gone = once(client.events, 'disconnect');
    client.close();
    await withDeadline(Promise.allSettled([request, stream, gone]), 1_000, 'the ends');
    await expect(request).rejects.toHaveProperty('code', 'CONNECTION_LOST');
    await expect(stream).rejects.toHaveProperty('code', 'CONNECTION_LOST');
    expect(await gone).toEqual([{ code: 1000, reason: 'closed by the client' }]);
  });

  it('tells who listens after close() that it has ended, once and with its code', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    await client.connect();
    const heard = jest.fn();
    client.close();
    client.events.on('disconnect', heard);
    await server.history[0]!.untilClosed();
    expect(heard.mock.calls).toEqual([[{ code: 1000, reason: 'closed by the client' }]]);
  });

  it('runs no hook twice after reconnect() away from a dead link, and has ended by then', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    const events: unknown[] = [];
    const heard = deferred();
    client.events.on('disconnect', ({ code }) => events.push(code));
    client.on('news', (data) => {
      events.push(data);
      if (data === 'last') heard.resolve();
    });
    await client.connect();
    server.history[0]!.pause();
    await client.reconnect();
    expect(events).toEqual([1000]);
    server.push('news', 'first');
    server.push('news', 'last');
    await heard.promise;
    expect(events).toEqual([1000, 'first', 'last']);
  });
});

describe('One attempt after the other', () => {
  it('takes an answer only for the connection that asked', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server);
    const [slow, balance] = [deferred<string>(), deferred<string>()];
    client.on('slow', () => slow.promise);
    client.on('balance', () => balance.promise);
    await client.connect();
    const back = once(client.events, 'reconnected');
    const [first] = server.history;
    first!.ask('slow', null, 1).catch(() => undefined);
    await first!.roundTrip();
    await first!.terminate();
    await back;
    const second = server.history[1]!;
    const answer = second.ask('balance', null, 1);
    await second.roundTrip();
    slow.resolve('of slow');
    await turnOfTheEventLoop();
    balance.resolve('of balance');
    expect(await answer).toMatchObject({ request: 'balance', response: 'of balance' });
  });

  it('has somebody on the server when a hook reconnects right behind auth', async () => {
    let isFirst = true;
    const server = await rawServers.start({
      mode: 'ours',
      authorize: (_data, peer) => {
        if (isFirst) queueMicrotask(() => peer.sendMessage({ request: 'moved', data: 1 }));
        isFirst = false;
        return 'success';
      },
    });
    const client = rawServers.client(server);
    const moved = deferred<unknown>();
    client.on('moved', (_data, socket) => moved.resolve(socket.reconnect()));
    await client.connect();
    await moved.promise;
    expect(client.state).toBe('connected');
    expect(server.history).toHaveLength(2);
    server.onRequest('echo', (data) => data);
    expect(await client.request('echo', 1)).toBe(1);
    expect(server.authenticatedPeers).toContain(server.history[1]);
  });

  it('comes back when the server closes right behind auth', async () => {
    let isFirst = true;
    const server = await rawServers.start({
      mode: 'ours',
      authorize: (_data, peer) => {
        if (isFirst) queueMicrotask(() => peer.webSocket.close(1001));
        isFirst = false;
        return 'success';
      },
    });
    const client = rawServers.client(server);
    await client.connect();
    await server.nextAuthenticated();
    await server.nextAuthenticated();
    server.onRequest('echo', (data) => data);
    while (client.state !== 'connected') await once(client.events, 'reconnected');
    expect(await client.request('echo', 1)).toBe(1);
  });

  it('ends as the last word says, however often it is closed and connected in between', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    const attempts = [client.connect()];
    client.close();
    attempts.push(client.connect());
    client.close();
    for (const attempt of attempts) {
      await expect(attempt).rejects.toHaveProperty('code', 'CLIENT_CLOSED');
    }
    expect(client.state).toBe('closed');
    expect(server.authenticatedPeers.length).toBe(0);
  });

  it('is over at once when a listener of "reconnecting" closes the client', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: NEVER });
    server.faults.refuseUpgradeWith = 503;
    client.events.once('reconnecting', () => client.close());
    const connecting = withDeadline(client.connect(), DEFAULT_DEADLINE, 'connect() to reject');
    await expect(connecting).rejects.toHaveProperty('code', 'CLIENT_CLOSED');
  });
});

describe('A listener that throws', () => {
  const fault = new Error('secret');

  it('of "errorReply" leaves the connection alone, and tells the server nothing', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    server.onRequest('echo', (data) => data);
    const client = rawServers.client(server);
    const failed = once(client.events, 'listenerFailed');
    const second = once(client.events, 'errorReply');
    client.events.prependListener('errorReply', () => {
      throw fault;
    });
    await client.connect();
    client.send({ request: 'nobody' });
    expect(await failed).toEqual([{ event: 'errorReply', error: fault }]);
    expect(await second).toMatchObject([{ code: 'UNKNOWN_HANDLER' }]);
    expect(await client.request('echo', 1)).toBe(1);
    expect(server.history).toHaveLength(1);
  });

  it.each(['disconnect', 'reconnecting', 'reconnected'] as const)(
    'of "%s" does not keep the client from coming back',
    async (event) => {
      const server = await rawServers.start();
      server.onRequest('echo', (data) => data);
      const client = rawServers.client(server);
      await client.connect();
      const failed = once(client.events, 'listenerFailed');
      const back = once(client.events, 'reconnected');
      client.events.once(event, () => {
        throw fault;
      });
      await server.history[0]!.terminate();
      expect(await failed).toEqual([{ event, error: fault }]);
      await back;
      expect(await client.request('echo', 1)).toBe(1);
    },
  );

  it.each(['hookFailed', 'reconnectFailed'] as const)(
    'of "%s" stops nobody else, also when it only rejects',
    async (event) => {
      const server = await rawServers.start();
      const client = rawServers.client(server);
      const failed = once(client.events, 'listenerFailed');
      client.events.on(event, () => Promise.reject(fault) as never);
      const second = once(client.events, event);
      client.on('news', () => {
        throw new Error('the hook');
      });
      await client.connect();
      if (event === 'hookFailed') server.push('news', 1);
      else {
        server.faults.refuseUpgradeWith = 401;
        await server.history[0]!.terminate();
      }
      expect(await failed).toEqual([{ event, error: fault }]);
      await second;
    },
  );
});
