import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RawClient } from '../../helpers/raw-client.js';
import type { RawClientOptions } from '../../helpers/raw-client.js';
import { globalKey, makeSessionKey, open } from '../../helpers/raw-envelope.js';
import { ReplyError } from '../../helpers/raw-peer-answers.js';
import { RawServer } from '../../helpers/raw-server.js';
import type { RawServerOptions } from '../../helpers/raw-server.js';

const authKey = 'a-shared-key-of-some-length';
const running: RawServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function startServer(options: Partial<RawServerOptions> = {}): Promise<RawServer> {
  const server = await RawServer.start({ authKey, ...options });
  running.push(server);
  return server;
}

function connect(
  { port }: { port: number },
  options: Partial<RawClientOptions> = {},
): Promise<RawClient> {
  return RawClient.connect({ port, authKey, ...options });
}

async function connectAuthenticated(
  server: RawServer,
  options: Partial<RawClientOptions> = {},
): Promise<RawClient> {
  const client = await connect(server, options);
  await client.authenticate();
  return client;
}

describe.each([true, false])('the original wire with encryption %s', (encryption) => {
  const wire = { encryption, mode: 'original' } as const;

  it('authenticates and answers a request (D1)', async () => {
    const server = await startServer(wire);
    server.onRequest('validateGame', (data) => ({ valid: data === '1. e4' }));
    const client = await connect(server, wire);
    const reply = await client.authenticate();
    expect(reply).toMatchObject({ request: 'auth', response: 'success' });
    expect('sessionKey' in reply).toBe(encryption);
    expect(await client.request('validateGame', '1. e4')).toEqual({
      request: 'validateGame',
      response: { valid: true },
    });
  });

  it('puts every message into a frame of the right kind, in both directions', async () => {
    const server = await startServer(wire);
    server.onRequest('echo', (data) => data);
    const client = await connectAuthenticated(server, wire);
    await client.request('echo', 'in-the-clear');
    expect(client.frames.map(({ direction }) => direction)).toEqual(['out', 'in', 'out', 'in']);
    const bytes = Buffer.concat(client.frames.map(({ data }) => data));
    expect(client.frames.every(({ binary }) => binary === encryption)).toBe(true);
    expect(bytes.includes('in-the-clear')).toBe(!encryption);
    expect(server.frames.map(({ data }) => data)).toEqual(client.frames.map(({ data }) => data));
  });

  it('closes without a code on a wrong authKey (D2)', async () => {
    const client = await connect(await startServer(wire), wire);
    await expect(client.authenticate('wrong')).rejects.toMatchObject({ code: 1005 });
    expect(await client.closed).toEqual({ code: 1005, reason: '' });
  });

  it('closes on a request before auth and runs no handler (D3)', async () => {
    const server = await startServer(wire);
    let calls = 0;
    server.onRequest('validateGame', () => (calls += 1));
    const client = await connect(server, wire);
    await expect(client.request('validateGame', {})).rejects.toMatchObject({ code: 1005 });
    expect(calls).toBe(0);
  });

  it('answers heartBeat, or does not when told so (D5)', async () => {
    const server = await startServer(wire);
    const client = await connectAuthenticated(server, wire);
    expect(await client.request('heartBeat')).toEqual({ request: 'heartBeat', response: true });
    server.faults.ignoreHeartBeats = true;
    client.sendMessage({ request: 'heartBeat' });
    await client.roundTrip();
    expect(client.received.unread).toEqual([]);
  });

  it('pushes to the authenticated in the field that is asked for (D6)', async () => {
    const server = await startServer(wire);
    const client = await connectAuthenticated(server, wire);
    const stranger = await connect(server, wire);
    expect(server.push('scanGames', [1])).toBe(1);
    expect(server.push('scanGames', [2], 'response')).toBe(1);
    expect(await client.next()).toEqual({ request: 'scanGames', data: [1] });
    expect(await client.next()).toEqual({ request: 'scanGames', response: [2] });
    await stranger.roundTrip();
    expect(stranger.frames).toEqual([]);
  });

  it('does not answer where a handler returns nothing, fails or is missing (R5.5)', async () => {
    const server = await startServer(wire);
    server.onRequest('nothing', () => undefined);
    server.onRequest('fails', () => {
      throw new ReplyError('FAILED', 'It failed');
    });
    const client = await connectAuthenticated(server, wire);
    for (const request of ['nothing', 'fails', 'nobody']) client.sendMessage({ request });
    await server.nextMessage('nobody');
    await client.roundTrip();
    expect(client.received.unread).toEqual([]);
  });
});

describe('the raw client', () => {
  it('changes to the session key for everything after the reply to auth (R3.3)', async () => {
    const server = await startServer();
    server.onRequest('echo', (data) => data);
    const client = await connectAuthenticated(server);
    await client.request('echo', 1);
    const global = await globalKey(authKey);
    const [auth, authReply, request, reply] = client.frames.map(({ data }) => data);
    for (const frame of [auth, authReply]) expect(() => open(frame!, global)).not.toThrow();
    for (const frame of [request, reply]) expect(() => open(frame!, client.key!)).not.toThrow();
  });

  it('replays, reflects, tampers and seals with a given key and iv', async () => {
    const client = await connectAuthenticated(await startServer());
    const iv = Buffer.alloc(12, 7);
    const key = makeSessionKey();
    const sent = client.sendMessage({ request: 'heartBeat' }, { iv });
    const answer = await client.next();
    const replyFrame = client.lastFrame('in');
    expect(answer).toEqual({ request: 'heartBeat', response: true });
    expect(client.ivs('out').at(-1)).toEqual(iv);
    expect(client.replay()).toEqual(sent);
    expect(client.reflect(replyFrame)).toEqual(replyFrame);
    expect(() => open(client.sendTampered({ request: 'x' }, 12), client.key!)).toThrow();
    const foreign = client.sendMessage({ request: 'x' }, { key });
    expect(open(foreign, key).toString()).toBe('{"request":"x"}');
  });

  it('says that the server closed, with which code, and what was awaited', async () => {
    const server = await startServer();
    const client = await connectAuthenticated(server);
    const [peer] = server.peers;
    const waiting = client.nextMatching(({ request }) => request === 'never', 'a miracle');
    void peer!.close(4503, 'too slow');
    await expect(waiting).rejects.toThrow(
      'The connection was closed with 4503 "too slow" while waiting for a miracle',
    );
  });

  it('reports the HTTP status of a refused upgrade', async () => {
    const server = await startServer();
    server.faults.refuseUpgradeWith = 403;
    await expect(connect(server)).rejects.toMatchObject({ statusCode: 403 });
  });

  it('reports a server that is not there', async () => {
    const server = await startServer();
    await server.stop();
    await expect(connect(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('sends path and headers with the upgrade', async () => {
    const server = await startServer();
    await connect(server, { path: '/games?a=1', headers: { origin: 'http://localhost' } });
    const peer = await server.nextPeer();
    expect([peer.path, peer.headers.origin]).toEqual(['/games?a=1', 'http://localhost']);
  });

  it('freezes and thaws its reading', async () => {
    const server = await startServer();
    const client = await connectAuthenticated(server);
    client.pause();
    server.push('news', 1);
    expect(client.socket.isPaused()).toBe(true);
    expect(client.received.unread).toEqual([]);
    client.resume();
    expect(await client.next()).toEqual({ request: 'news', data: 1 });
  });

  it('writes raw bytes to the TCP socket', async () => {
    const server = await startServer();
    const client = await connect(server);
    const peer = await server.nextPeer();
    client.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    await peer.untilClosed();
    expect(peer.errors).toHaveLength(1);
  });

  it('sends no addition of ours in mode original', async () => {
    const client = await connectAuthenticated(await startServer(), { mode: 'original' });
    expect(() => client.sendMessage({ request: 'x', id: 1 })).toThrow('does not send: id');
  });

  it('refuses a message that does not open under the key in force', async () => {
    const server = await startServer();
    const client = await connectAuthenticated(server);
    const [peer] = server.peers;
    peer!.sendTampered({ request: 'news', data: 1 });
    await expect(client.next()).rejects.toThrow('Unreadable frame');
  });

  it('refuses a text message where encryption is on', async () => {
    const server = await startServer();
    const client = await connectAuthenticated(server);
    const [peer] = server.peers;
    peer!.sendText('{"request":"news"}');
    await expect(client.next()).rejects.toMatchObject({
      cause: { message: 'A text message is wrong here (R2.3)' },
    });
  });
});

describe('the raw server', () => {
  it('closes a peer whose frame does not open and keeps the others (D11)', async () => {
    const server = await startServer();
    const [bad, good] = await Promise.all([connect(server), connectAuthenticated(server)]);
    bad.sendFrame(Buffer.alloc(40, 1));
    expect(await bad.untilClosed()).toEqual({ code: 1005, reason: '' });
    expect(await good.request('heartBeat')).toMatchObject({ response: true });
  });

  it.each([
    ['a bad frame', 4400, (client: RawClient) => client.sendFrame(Buffer.alloc(40))],
    ['an array', 4400, (client: RawClient) => client.sendMessage([])],
    ['a bad name', 4400, (client: RawClient) => client.sendMessage({ request: '1x' })],
    [
      'an answer without id',
      4400,
      (client: RawClient) => client.sendMessage({ request: 'x', response: 1 }),
    ],
    ['a second auth', 4403, (client: RawClient) => client.sendMessage({ request: 'auth' })],
  ])('in mode ours closes on %s with %i', async (_what, code, attack) => {
    const client = await connectAuthenticated(await startServer({ mode: 'ours' }));
    attack(client);
    expect(await client.untilClosed()).toMatchObject({ code });
  });

  it('in mode ours closes a refused auth with 4401', async () => {
    const client = await connect(await startServer({ mode: 'ours' }));
    await expect(client.authenticate('wrong')).rejects.toMatchObject({ code: 4401 });
  });

  it('in mode ours echoes ids, so that replies may come in any order (D7)', async () => {
    const server = await startServer({ mode: 'ours' });
    const gate = makeGate();
    server.onRequest('slow', async () => gate.opened.then(() => 'a'));
    server.onRequest('fast', () => 'b');
    const client = await connectAuthenticated(server);
    const slow = client.requestWithId('slow', undefined, 1);
    expect(await client.requestWithId('fast', undefined, 'two')).toEqual({
      request: 'fast',
      id: 'two',
      response: 'b',
    });
    gate.open();
    expect(await slow).toEqual({ request: 'slow', id: 1, response: 'a' });
  });

  it('in mode ours answers errors, and nothing, under the id (D8, R5.5)', async () => {
    const server = await startServer({ mode: 'ours' });
    server.onRequest('nothing', () => undefined);
    server.onRequest('breaks', () => {
      throw new Error('a secret');
    });
    const client = await connectAuthenticated(server);
    expect(await client.requestWithId('nobody')).toMatchObject({
      error: { code: 'UNKNOWN_HANDLER', message: 'No handler named nobody' },
    });
    expect(await client.requestWithId('nothing')).toMatchObject({ response: null });
    expect(await client.requestWithId('breaks')).toMatchObject({
      error: { code: 'INTERNAL', message: 'Internal error' },
    });
  });

  it('in mode ours streams values and ends with done (R5.11)', async () => {
    const server = await startServer({ mode: 'ours' });
    server.onRequest('count', countTo(2));
    const client = await connectAuthenticated(server);
    client.sendMessage({ request: 'count', id: 4, stream: true });
    expect(await client.next()).toEqual({ request: 'count', id: 4, item: 1 });
    expect(await client.next()).toEqual({ request: 'count', id: 4, item: 2 });
    expect(await client.next()).toEqual({ request: 'count', id: 4, done: true });
    expect(await client.requestWithId('count')).toMatchObject({ response: 2 });
  });

  it('in mode ours stops the source of a cancelled stream (D9)', async () => {
    const server = await startServer({ mode: 'ours' });
    const stopped = makeGate();
    server.onRequest('watch', () => endless(stopped.open));
    const client = await connectAuthenticated(server);
    client.sendMessage({ request: 'watch', id: 4, stream: true });
    expect(await client.next()).toMatchObject({ item: 1 });
    client.sendMessage({ request: 'watch', id: 4, cancel: true });
    await stopped.opened;
    await client.roundTrip();
    expect(client.received.unread).toEqual([]);
  });

  it('in mode ours asks the client (D10)', async () => {
    const server = await startServer({ mode: 'ours' });
    const client = await connectAuthenticated(server);
    const [peer] = server.peers;
    const answer = peer!.ask('status', {});
    const question = await client.next();
    expect(question).toEqual({ request: 'status', id: 1, data: {} });
    client.sendMessage({ request: 'status', id: 1, response: { idle: true } });
    expect(await answer).toEqual({ request: 'status', id: 1, response: { idle: true } });
  });

  it('can be restarted on the same port, cutting or closing its clients (D13)', async () => {
    const server = await startServer();
    const { port } = server;
    const first = await connectAuthenticated(server);
    await server.stop({ graceful: true });
    expect(await first.closed).toMatchObject({ code: 1001 });
    await server.start();
    const second = await connectAuthenticated(server);
    await server.stop();
    expect(await second.closed).toMatchObject({ code: 1006 });
    await server.start();
    expect(server.port).toBe(port);
    expect((await connectAuthenticated(server)).authenticated).toBe(true);
  });

  it('stops even where a client does not read', async () => {
    const server = await startServer();
    const client = await connectAuthenticated(server);
    client.pause();
    await server.stop({ graceful: true });
    expect(server.peers.size).toBe(0);
  });

  it('answers auth with the reply of an earlier connection when told so', async () => {
    const server = await startServer();
    const first = await connectAuthenticated(server);
    const peer = await server.nextAuthenticated();
    server.faults.replayedAuthReply = peer.authReply!;
    const second = await connectAuthenticated(server);
    expect(second.lastFrame('in')).toEqual(first.lastFrame('in'));
  });

  it('leaves auth unanswered when told so', async () => {
    const server = await startServer();
    server.faults.ignoreAuth = true;
    const client = await connect(server);
    client.sendMessage({ request: 'auth', data: { authKey } });
    await server.nextMessage('auth');
    await client.roundTrip();
    expect(client.frames.map(({ direction }) => direction)).toEqual(['out']);
  });

  it('does not read when told so', async () => {
    const server = await startServer();
    server.faults.stopReading = true;
    const client = await connect(server);
    const peer = await server.nextPeer();
    client.sendMessage({ request: 'auth', data: { authKey } });
    expect(peer.webSocket.isPaused).toBe(true);
    peer.resume();
    expect(await client.next()).toMatchObject({ response: 'success' });
  });

  it('lets the authorize option decide on auth', async () => {
    const server = await startServer({ authorize: (data) => ({ seen: data }) });
    const client = await connect(server);
    expect(await client.authenticate('any', { role: 'worker' })).toMatchObject({
      response: { seen: { authKey: 'any', role: 'worker' } },
    });
  });

  it('answers plain HTTP with 426 (R1.5)', async () => {
    const server = await startServer();
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const chunks = await socket.toArray();
    expect(chunks.join('')).toMatch(/^HTTP\/1\.1 426 /);
  });
});

function makeGate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function countTo(last: number) {
  return async function* count() {
    for (let value = 1; value <= last; value++) yield value;
  };
}

/** One value, then silence until it is returned. */
function endless(onReturn: () => void): AsyncIterableIterator<number> {
  let sent = false;
  let finish: ((result: IteratorResult<number>) => void) | undefined;
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      if (sent) return new Promise((resolve) => (finish = resolve));
      sent = true;
      return { done: false, value: 1 };
    },
    return: async () => {
      finish?.(done);
      onReturn();
      return done;
    },
  };
}
