import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SocketClient } from '../../src/client/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { RawClient } from '../helpers/raw-client.js';
import { RawServer } from '../helpers/raw-server.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await closeApps();
});

async function originalClient(port: number): Promise<RawClient> {
  const client = await RawClient.connect({ port, authKey: AUTH_KEY, mode: 'original' });
  ends.push(() => client.terminate());
  await client.authenticate();
  return client;
}

describe('A client of the original, against our server', () => {
  it('authenticates, asks, and keeps alive, and sees no field that it does not know', async () => {
    const { port, server } = await startApp({ providers: [EchoHandler] });
    const client = await originalClient(port);
    expect(await client.request('echo', { a: 1 })).toEqual({ request: 'echo', response: { a: 1 } });
    expect(await client.request('heartBeat')).toEqual({ request: 'heartBeat', response: true });
    server.broadcast('announcement', { msg: 'hi' });
    expect(await client.next()).toEqual({ request: 'announcement', response: { msg: 'hi' } });
    expect(client.errors).toEqual([]);
  });

  it('gets pushes in response where the server is told so', async () => {
    const { port, server } = await startApp({ options: { pushField: 'response' } });
    const client = await originalClient(port);
    server.broadcast('announcement', { msg: 'hi' });
    expect(await client.next()).toEqual({ request: 'announcement', response: { msg: 'hi' } });
  });
});

async function originalServer(): Promise<RawServer> {
  const server = await RawServer.start({ authKey: AUTH_KEY });
  ends.push(() => server.stop());
  server.onRequest('echo', (data) => data);
  return server;
}

function ourClient(port: number, authKey = AUTH_KEY): SocketClient {
  const client = new SocketClient({
    address: `ws://127.0.0.1:${port}`,
    authKey,
    version: 1,
    heartBeatInterval: 20,
    reconnect: { baseDelay: 5, maxDelay: 20 },
  });
  ends.push(() => client.close());
  return client;
}

describe('Our client, against a server of the original', () => {
  it('gets the replies to its requests, though the server echoes no ids', async () => {
    const { port } = await originalServer();
    const client = ourClient(port);
    await client.connect();
    expect(await client.request('echo', 'a')).toBe('a');
    const many = Array.from({ length: 50 }, (_, index) => index);
    expect(await Promise.all(many.map((index) => client.request('echo', index)))).toEqual(many);
  });

  it('gives replies to what it sent, and pushes in either field, to its hooks', async () => {
    const server = await originalServer();
    const client = ourClient(server.port);
    const heard: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      for (const name of ['echo', 'news']) {
        client.on(name, (payload: unknown) => heard.push(payload) === 3 && resolve());
      }
    });
    await client.connect();
    client.send({ request: 'echo', data: 'sent' });
    await server.nextMessage('echo');
    server.push('news', 'in data', 'data');
    server.push('news', 'in response', 'response');
    await all;
    expect(heard.toSorted()).toEqual(['in data', 'in response', 'sent']);
  });

  it('sends heartbeats, each after the reply to the last', async () => {
    const server = await originalServer();
    await ourClient(server.port).connect();
    for (let beat = 0; beat < 3; beat++) await server.nextMessage('heartBeat');
  });

  it('comes back under a new session key after the server restarted', async () => {
    const server = await originalServer();
    const client = ourClient(server.port);
    await client.connect();
    const lost = once(client.events, 'disconnect');
    await server.stop();
    await lost;
    const back = once(client.events, 'reconnected');
    await server.start();
    await back;
    expect(await client.request('echo', 'again')).toBe('again');
    const keys = new Set(server.history.map(({ key }) => key?.toString('hex')));
    expect(keys.size).toBe(server.history.length);
  });

  it('stops for good when its key is rejected', async () => {
    const server = await originalServer();
    const client = ourClient(server.port, 'another-key-of-some-length');
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    expect(client.state).toBe('failed');
    expect(server.history).toHaveLength(1);
  });

  it('waits for a server that is not up yet', async () => {
    const server = await originalServer();
    await server.stop();
    const client = ourClient(server.port);
    const waiting = once(client.events, 'reconnecting');
    const connected = client.connect();
    await waiting;
    await server.start();
    await connected;
    expect(await client.request('echo', 1)).toBe(1);
  });
});
