import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import { DEFAULT_DEADLINE, withDeadline } from '../helpers/with-deadline.js';

const NEVER = { baseDelay: 1_000_000, maxDelay: 1_000_000 };

const rawServers = useRawServers();
const cleanUp = useCleanUp();

/** A server that takes TCP connections and says nothing. */
async function startMute() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.resume()));
  server.listen(0, '127.0.0.1');
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `ws://127.0.0.1:${port}`, accepted: () => once(server, 'connection') };
}

describe('SocketClient.reconnect()', () => {
  it('leaves the connection there is with 1000, and makes another under a new key', async () => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server, { reconnect: NEVER });
    await client.connect();
    const left = once(client.events, 'disconnect');
    await client.reconnect();
    const [first, second] = server.history;
    expect(await first!.untilClosed()).toEqual({ code: 1000, reason: 'reconnect' });
    expect(await left).toMatchObject([{ code: 1000 }]);
    expect(second!.key).not.toEqual(first!.key);
    expect(client.state).toBe('connected');
    expect(server.authenticatedPeers).toEqual([second]);
  });

  it('rejects what was open on the connection that it leaves', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    await client.connect();
    const open = client.request('nobody').catch((error: { code: string }) => error.code);
    await client.reconnect();
    expect(await open).toBe('CONNECTION_LOST');
  });

  it('does not wait for the delay of an attempt that is due later', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: NEVER });
    await client.connect();
    const waiting = once(client.events, 'reconnecting');
    await server.history[0]!.terminate();
    await waiting;
    await client.reconnect();
    expect(client.state).toBe('connected');
    expect(server.history).toHaveLength(2);
  });

  it.each(['idle', 'closed', 'failed'] as const)('connects a client that is %s', async (state) => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: false });
    if (state !== 'idle') await client.connect();
    if (state === 'closed') client.close();
    if (state === 'failed') {
      const gone = once(client.events, 'disconnect');
      await server.history[0]!.terminate();
      await gone;
    }
    expect(client.state).toBe(state);
    await client.reconnect();
    expect(client.state).toBe('connected');
  });

  it('makes one connection, however often it is called meanwhile', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    await Promise.all([client.reconnect(), client.connect(), client.reconnect()]);
    expect(server.history).toHaveLength(1);
  });

  it('rejects when the key is not right any more', async () => {
    let accepts = true;
    const server = await rawServers.start({ authorize: () => accepts && 'success' });
    const client = rawServers.client(server);
    await client.connect();
    accepts = false;
    await expect(client.reconnect()).rejects.toHaveProperty('code', 'AUTH_REJECTED');
    expect(client.state).toBe('failed');
  });
});

describe('SocketClient.close() while it connects', () => {
  /** At once, and not only when some timeout ends the attempt. */
  async function expectClosed(connecting: Promise<void>): Promise<void> {
    const ended = withDeadline(connecting, DEFAULT_DEADLINE, 'connect() to reject');
    await expect(ended).rejects.toHaveProperty('code', 'CLIENT_CLOSED');
  }

  it('before anything was sent makes no connection', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    const connecting = client.connect();
    client.close();
    await expectClosed(connecting);
    expect(client.state).toBe('closed');
    // A number, since a failure would print the whole connection.
    expect(server.history.length).toBe(0);
  });

  it('cuts an upgrade that is not answered', async () => {
    const mute = await startMute();
    const client = rawServers.client(mute);
    const accepted = mute.accepted();
    const connecting = client.connect();
    const [socket] = (await accepted) as [Socket];
    client.close();
    await expectClosed(connecting);
    if (!socket.destroyed) await once(socket, 'close');
    expect(client.state).toBe('closed');
  });

  it('cuts an auth that is not answered', async () => {
    const server = await rawServers.start();
    server.faults.ignoreAuth = true;
    const client = rawServers.client(server);
    const connecting = client.connect();
    const { peer } = await server.nextMessage('auth');
    client.close();
    await expectClosed(connecting);
    expect((await peer.untilClosed()).code).toBe(1006);
    expect(client.state).toBe('closed');
  });

  it('ends the wait for the next attempt', async () => {
    const server = await rawServers.start();
    await server.stop();
    const client = rawServers.client(server, { reconnect: NEVER });
    const waiting = once(client.events, 'reconnecting');
    const connecting = client.connect();
    await waiting;
    client.close();
    await expectClosed(connecting);
    expect(client.state).toBe('closed');
  });

  it('on the way back is no failure, so nobody is told of one', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server, { reconnect: NEVER });
    const failures: unknown[] = [];
    client.events.on('reconnectFailed', (error) => failures.push(error));
    await client.connect();
    const waiting = once(client.events, 'reconnecting');
    await server.history[0]!.terminate();
    await waiting;
    client.close();
    await client.connect();
    expect(client.state).toBe('connected');
    expect(failures).toEqual([]);
    expect(server.history).toHaveLength(2);
  });

  it('can be followed by connect() at once', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    const first = client.connect();
    client.close();
    const second = client.connect();
    await expectClosed(first);
    await second;
    expect(client.state).toBe('connected');
    expect(server.authenticatedPeers).toHaveLength(1);
  });
});
