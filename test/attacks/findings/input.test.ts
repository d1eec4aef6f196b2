import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SocketClient } from '../../../src/client/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { EchoHandler, FailingHandlers, RecordHandler } from '../../fixtures/handlers.js';
import { useLog } from '../../fixtures/log.js';
import { useRawServers } from '../../fixtures/raw-servers.js';
import type { RawClient } from '../../helpers/raw-client.js';
import { AttackedServer } from '../support/attacked-server.js';
import { RawSocket } from '../support/raw-socket.js';
import { commit, VIOLATIONS } from '../support/violations.js';

const startApp = useApps();
const rawServers = useRawServers();
const log = useLog();

async function start() {
  const app = await startApp({ providers: [EchoHandler, FailingHandlers, RecordHandler] });
  return { app, calls: app.app.get(RecordHandler).calls };
}

async function closeCodeAfter(peer: RawClient, text: string): Promise<number> {
  peer.sendFrame(peer.sealText(text));
  return (await peer.untilClosed()).code;
}

describe('finding 1: one malformed frame kills the process', () => {
  let server: AttackedServer;
  let honest: SocketClient;

  beforeAll(async () => {
    server = await AttackedServer.start({ maxAuthFailuresPerMinute: Infinity });
    honest = await server.connect();
  });

  afterAll(() => server.stop());

  async function expectToGoOn(): Promise<void> {
    expect(await honest.request('echo', 'still here')).toBe('still here');
    expect(server.isRunning).toBe(true);
    expect(await server.takeDelivered()).toEqual([]);
  }

  it('closes the sockets of strangers that send one, and those alone', async () => {
    const got = await Promise.all(VIOLATIONS.map((violation) => commit(violation, server.port)));
    const other = VIOLATIONS.filter(({ codes }, index) => !codes.includes(got[index]!));
    expect(other).toEqual([]);
    await expectToGoOn();
  });

  it('closes the sockets of clients that send one, and those alone', async () => {
    const ends = VIOLATIONS.map(async ({ bytes }) => {
      const peer = await RawSocket.session(server.target);
      for (const part of bytes()) peer.write(part);
      // What a client may announce is waited for, so somebody must end it.
      peer.socket.end();
      await peer.untilEnded();
    });
    await Promise.all(ends);
    await expectToGoOn();
  });

  it.each([
    ['is no HTTP', '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4'],
    ['has a header that is none', 'GET / HTTP/1.1\r\nHost\r\n\r\n'],
    ['asks for a socket and says no more', 'GET / HTTP/1.1\r\nUpgrade: websocket\r\n'],
    ['has a target that is none', 'GET http://[ HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'],
    ['is refused', 'GET /nowhere HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('goes on when what comes in place of an upgrade %s', async (_what, text) => {
    // So that it finds the request and the reset together, and has nobody to answer any more.
    server.process.freeze();
    const socket = connect(server.port, '127.0.0.1').resume();
    socket.on('error', () => undefined);
    socket.write(text, 'latin1', () => socket.resetAndDestroy());
    await once(socket, 'close');
    server.process.thaw();
    await expectToGoOn();
  });
});

describe('finding 21: a handler that fails takes its connection down', () => {
  it.each([
    ['throwsError', { code: 'INTERNAL', message: 'Internal error' }],
    ['throwsWsException', { code: 'GAME_OVER', message: 'It is over', details: { winner: 'w' } }],
    ['rejects', { code: 'WS_EXCEPTION', message: 'rejected' }],
  ])('%s is answered with a typed error, and the connection stays', async (name, error) => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    expect(await peer.requestWithId(name, null, 1)).toEqual({ request: name, id: 1, error });
    expect(await peer.request('echo', 1)).toMatchObject({ response: 1 });
    expect(app.server.stats().handlerErrors).toBe(1);
  });

  it('what nobody foresaw is logged with the name of the handler, the client and a stack', async () => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    await peer.requestWithId('throwsError');
    const [id] = app.server.clientMap.keys();
    const entry = new RegExp(
      `^FailingHandlers.throwsError\\(\\) failed for client ${id}: Error: password of the database\\n +at `,
    );
    expect(log.matching(entry)).toHaveLength(1);
  });
});

const NOT_NAMES = [
  '["auth"]',
  '[["record"]]',
  '{"toString":"record"}',
  '0',
  'true',
  'null',
  '""',
  '" record"',
  '"record\\n"',
  '"record\\u0000"',
  '"../record"',
  '"é"',
];

describe('finding 25: request is something other than a name', () => {
  it.each(NOT_NAMES)('%s closes a client with 4400, and runs no handler', async (request) => {
    const { app, calls } = await start();
    const peer = await authenticatedRaw(app);
    expect(await closeCodeAfter(peer, `{"request":${request},"data":1}`)).toBe(4400);
    expect(calls).toEqual([]);
    expect(peer.received.unread).toEqual([]);
  });

  it.each(['["auth"]', '[["auth"]]', '{"toString":"auth"}', '"Auth"', '"auth "'])(
    '%s authenticates nobody, the right key in hand',
    async (request) => {
      const { app } = await start();
      const peer = await connectRaw(app);
      const text = `{"request":${request},"data":{"authKey":"${AUTH_KEY}"}}`;
      expect([4400, 4401]).toContain(await closeCodeAfter(peer, text));
      expect(peer.received.unread).toEqual([]);
      expect(app.server.clientMap.size).toBe(0);
    },
  );
});

const POISON = [
  '{"__proto__":{"polluted":true}}',
  '{"\\u005f\\u005fproto__":{"polluted":true}}',
  '[{"a":{"__proto__":null}}]',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"const\\u0072uctor":{"proto\\u0074ype":{"polluted":true}}}',
];

describe('finding 26: names and keys that every object has', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'])(
    'a request named %s finds no handler',
    async (name) => {
      const { app } = await start();
      const peer = await authenticatedRaw(app);
      expect(await peer.requestWithId(name)).toHaveProperty('error.code', 'UNKNOWN_HANDLER');
      const stranger = await connectRaw(app);
      stranger.sendMessage({ request: name });
      expect((await stranger.untilClosed()).code).toBe(4401);
    },
  );

  it('a request named __proto__ is a bad frame', async () => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    expect(await closeCodeAfter(peer, '{"request":"__proto__"}')).toBe(4400);
  });

  it.each(POISON)('data of %s closes with 4400, and reaches no handler', async (data) => {
    const { app, calls } = await start();
    const peer = await authenticatedRaw(app);
    expect(await closeCodeAfter(peer, `{"request":"record","data":${data}}`)).toBe(4400);
    expect(calls).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each(['auth', 'record'])('a stranger poisons nothing with %s', async (request) => {
    const { app, calls } = await start();
    for (const data of POISON) {
      const peer = await connectRaw(app);
      expect(await closeCodeAfter(peer, `{"request":"${request}","data":${data}}`)).toBe(4400);
    }
    expect(calls).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
  });

  it('an id of __proto__ or constructor is an id like others', async () => {
    const { app } = await start();
    const peer = await authenticatedRaw(app);
    for (const id of ['__proto__', 'constructor']) {
      expect(await peer.requestWithId('echo', 1, id)).toMatchObject({ id, response: 1 });
      peer.sendMessage({ request: 'echo', id, cancel: true });
      peer.sendMessage({ request: 'echo', id, response: 1 });
    }
    expect(await peer.request('echo', 2)).toMatchObject({ response: 2 });
  });

  it.each(POISON)('a server poisons no client with %s', async (data) => {
    const server = await rawServers.start({ mode: 'ours' });
    const client = rawServers.client(server, { reconnect: false });
    const heard: unknown[] = [];
    client.on('news', (payload: unknown) => heard.push(payload));
    await client.connect();
    const [peer] = server.history;
    peer!.sendMessage({ request: 'constructor', data: 1 });
    peer!.sendFrame(peer!.sealText(`{"request":"news","data":${data}}`));
    expect((await peer!.untilClosed()).code).toBe(4400);
    expect(heard).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
  });
});
