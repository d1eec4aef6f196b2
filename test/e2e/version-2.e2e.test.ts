import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SocketClient, type SocketClientOptions } from '../../src/client/index.js';
import { newKeys } from '../../src/cli/keygen.js';
import {
  SkipAuth,
  SocketHandler,
  deriveSharedKey,
  type ConnectedClient,
  type KeyStore,
  type SocketSession,
  type SocketsOptions,
} from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useLog } from '../fixtures/log.js';

const NEW_KEY = 'another-key-of-some-length';

function keysOf(kind: 'server' | 'device'): { secret: string; publicKey: string } {
  const [secret, publicKey] = newKeys(kind)
    .trim()
    .split('\n')
    .map((line) => line.slice(line.indexOf('=') + 1));
  return { secret: secret!, publicKey: publicKey! };
}

const server = keysOf('server');
const device = keysOf('device');

@Injectable()
@SocketHandler('echo')
class EchoHandler {
  server(data: unknown): unknown {
    return data;
  }
}

@Injectable()
@SocketHandler('whoAmI')
class SessionHandler {
  server(_: unknown, client: ConnectedClient): SocketSession {
    return client.session;
  }
}

/** Accepts whoever came so far: the handshake has decided. */
@SkipAuth()
@SocketHandler('auth')
class OpenAuthHandler {
  server(): string {
    return 'success';
  }
}

@Injectable()
class Keys implements KeyStore {
  async findKey(id: string) {
    return id === 'tenant-7' ? deriveSharedKey(NEW_KEY) : undefined;
  }

  knowsDevice(publicKey: string): boolean {
    return publicKey === device.publicKey;
  }
}

const providers = [EchoHandler, SessionHandler];
const startApp = useApps();
const cleanUp = useCleanUp();
const log = useLog();

function clientOf(app: SocketsTestApp, options: SocketClientOptions): SocketClient {
  const address = `ws://localhost:${app.port}`;
  const client = new SocketClient({ address, reconnect: false, version: 2, ...options });
  cleanUp(() => client.close());
  return client;
}

async function connected(app: SocketsTestApp, options: SocketClientOptions): Promise<SocketClient> {
  const client = clientOf(app, options);
  await client.connect();
  return client;
}

/** The HTTP status of an upgrade that is refused. */
async function refusal(app: SocketsTestApp, subprotocols: string[]): Promise<number> {
  const webSocket = new WebSocket(`ws://localhost:${app.port}`, subprotocols);
  webSocket.on('error', () => undefined);
  const [, response] = (await once(webSocket, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ];
  webSocket.terminate();
  return response.statusCode;
}

describe('A client of version 2', () => {
  it.each([
    ['NNpsk0', { authKey: AUTH_KEY }],
    ['NKpsk0', { authKey: AUTH_KEY, serverPublicKey: server.publicKey }],
    ['NK', { serverPublicKey: server.publicKey }],
    ['IK', { serverPublicKey: server.publicKey, identity: device.secret }],
  ])('talks to the server in %s', async (_, options) => {
    const app = await startApp({
      providers,
      auth: OpenAuthHandler,
      options: { serverKey: server.secret },
    });
    const client = await connected(app, options);
    const values = Array.from({ length: 50 }, (_value, index) => `${index}♞`.repeat(index * 20));
    const replies = await Promise.all(values.map((value) => client.request('echo', value)));
    expect(replies).toEqual(values);
    const { version, publicKey } = await client.request<SocketSession>('whoAmI');
    expect(version).toBe(2);
    expect(publicKey).toBe('identity' in options ? device.publicKey : undefined);
  });

  it('talks beside one of version 1 on the same port', async () => {
    const app = await startApp({ providers });
    const clients = [
      await connected(app, { authKey: AUTH_KEY }),
      await connected(app, { authKey: AUTH_KEY, version: 1 }),
    ];
    const versions = clients.map((client) => client.request<SocketSession>('whoAmI'));
    expect((await Promise.all(versions)).map(({ version }) => version)).toEqual([2, 1]);
  });

  it('sends messages that are larger than a record, and none that the server would refuse', async () => {
    const app = await startApp({ providers, options: { maxMessageSize: 200_000 } });
    const client = await connected(app, { authKey: AUTH_KEY });
    const large = 'x'.repeat(150_000);
    await expect(client.request('echo', large)).resolves.toBe(large);
    const tooLarge = client.request('echo', 'x'.repeat(200_000));
    await expect(tooLarge).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
    const many = Array.from({ length: 30 }, () => client.request('echo', '♞'.repeat(10_000)));
    expect(await Promise.all(many)).toHaveLength(30);
  });

  it('pads what it sends, and gets padded what the server sends', async () => {
    const app = await startApp({ providers, options: { padding: 256 } });
    const client = await connected(app, { authKey: AUTH_KEY, padding: 512 });
    await expect(client.request('echo', 'short')).resolves.toBe('short');
  });
});

describe('What a server of version 2 refuses', () => {
  const serverKey = { serverKey: server.secret };

  it.each([
    ['a wrong authKey', { authKey: NEW_KEY }],
    ['a wrong server key', { authKey: AUTH_KEY, serverPublicKey: device.publicKey }],
    ['an unknown key id', { authKey: AUTH_KEY, keyId: 'tenant-8' }],
    ['an unknown device', { serverPublicKey: server.publicKey, identity: keysOf('device').secret }],
  ])('is %s, with AUTH_REJECTED and for good', async (_, options) => {
    const app = await startApp({ options: { ...serverKey, keyStore: Keys }, providers: [Keys] });
    const client = clientOf(app, { ...options, reconnect: {} });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    expect(client.state).toBe('failed');
    expect(app.server.stats().refused).toMatchObject({ badHello: 1 });
    expect(app.server.stats().connections).toBe(0);
  });

  it('is a pattern that it has no key for', async () => {
    const app = await startApp();
    const client = clientOf(app, { serverPublicKey: server.publicKey, authKey: AUTH_KEY });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
  });

  it('is a pattern that it does not accept, with or without a key store', async () => {
    const options = { ...serverKey, versions: [2] as const, patterns: ['IK'] as const };
    const asked: string[] = [];
    class Devices implements KeyStore {
      knowsDevice(publicKey: string): boolean {
        asked.push(publicKey);
        return true;
      }
    }
    const { serverPublicKey, identity } = {
      serverPublicKey: server.publicKey,
      identity: device.secret,
    };
    for (const keyStore of [{}, { keyStore: Devices }]) {
      const app = await startApp({
        auth: OpenAuthHandler,
        options: { authKey: undefined, ...options, ...keyStore },
      });
      for (const keys of [{}, { authKey: AUTH_KEY }, { serverPublicKey }]) {
        const client = clientOf(app, keys);
        await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
      }
      await connected(app, { serverPublicKey, identity });
    }
    expect(asked).toEqual([device.publicKey]);
  });

  it.each([
    ['none', []],
    ['two', ['hello.AAAA', 'hello.BBBB']],
    ['one that is too long', [`hello.${'A'.repeat(4_000)}`]],
    ['one that says nothing', ['hello.AQAA']],
  ])('is %s for a hello, with HTTP 401', async (_, hellos) => {
    const app = await startApp();
    expect(await refusal(app, ['nestjs-sockets.v2', ...hellos])).toBe(401);
  });

  it('is more handshakes in a second than it has CPU for, with HTTP 503', async () => {
    const app = await startApp({ options: { maxHandshakesPerSecond: 2, authTimeout: 100 } });
    const hello = ['nestjs-sockets.v2', 'hello.AQAA'];
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push(await refusal(app, hello));
    expect(statuses).toEqual([401, 401, 503]);
  });
});

describe('Versions that do not fit', () => {
  it.each([
    [2, [1] as const],
    [1, [2] as const],
  ])('fail with a message that says what to set: %s', async (version, versions) => {
    const app = await startApp({ options: { versions } });
    const client = clientOf(app, { authKey: AUTH_KEY, version: version as 1 | 2 });
    const error = { code: 'CANNOT_CONNECT', message: expect.stringContaining('"version"') };
    await expect(client.connect()).rejects.toMatchObject(error);
  });
});

describe('Keys', () => {
  it('are changed without shutting anybody out, in both versions', async () => {
    const app = await startApp({ providers, options: { authKey: [NEW_KEY, AUTH_KEY] } });
    for (const version of [1, 2] as const) {
      for (const authKey of [NEW_KEY, AUTH_KEY]) {
        const client = await connected(app, { authKey, version });
        await expect(client.request('echo', 1)).resolves.toBe(1);
      }
    }
  });

  it('come from the application by their id', async () => {
    const options = { keyStore: Keys, authKey: [AUTH_KEY, NEW_KEY] };
    const app = await startApp({ providers: [Keys, SessionHandler], options });
    const client = await connected(app, { authKey: NEW_KEY, keyId: 'tenant-7' });
    await expect(client.request('whoAmI')).resolves.toMatchObject({ keyId: 'tenant-7' });
  });
});

describe('A key store', () => {
  it('is asked about keys only by those who show one, and about devices only by those', async () => {
    const asked: string[] = [];
    class Store implements KeyStore {
      findKey(id: string): undefined {
        asked.push(`key ${id}`);
      }

      knowsDevice(publicKey: string): boolean {
        asked.push(`device ${publicKey}`);
        return true;
      }
    }
    const options = { serverKey: server.secret, keyStore: Store };
    const app = await startApp({ auth: OpenAuthHandler, options });
    const serverPublicKey = server.publicKey;
    await connected(app, { serverPublicKey });
    await connected(app, { serverPublicKey, identity: device.secret });
    await connected(app, { authKey: AUTH_KEY });
    await expect(connected(app, { authKey: NEW_KEY, keyId: 'x' })).rejects.toThrow('rejected');
    expect(asked).toEqual([`device ${device.publicKey}`, 'key x']);
  });

  it.each<[string, () => Promise<never>, SocketsOptions, RegExp]>([
    [
      'fails',
      () => Promise.reject(new Error('the database is down')),
      {},
      /^The key store failed: Error: the database is down/,
    ],
    [
      'never answers',
      () => new Promise(() => undefined),
      { authTimeout: 100 },
      /^The key store has not answered within 100 ms/,
    ],
  ])('that %s is logged, and its clients may come again', async (_, findKey, limits, line) => {
    class BadKeys implements KeyStore {
      findKey = findKey;
    }
    const options = { keyStore: BadKeys, ...limits };
    const app = await startApp({ providers: [BadKeys], options });
    const client = clientOf(app, { authKey: NEW_KEY });
    await expect(client.connect()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('503'),
    });
    expect(log.matching(line)).toHaveLength(1);
    expect(app.server.stats().refused).toEqual({ keyStore: 1 });
  });
});

describe('The reply to a hello', () => {
  it.each(['tamper', 'drop'] as const)(
    'that does not come as it was sent ends the attempt, and nothing is sent to whoever did it: %s',
    async (fault) => {
      const app = await startApp();
      const proxy = await app.faults();
      const sent: unknown[] = [];
      proxy.plan = ({ direction, data }) => {
        if (direction === 'toServer') sent.push(data);
        return direction === 'toClient' ? fault : 'pass';
      };
      const { address } = proxy;
      const client = clientOf(app, { address, authKey: AUTH_KEY, connectTimeout: 300 });
      await expect(client.connect()).rejects.toMatchObject({
        code: fault === 'drop' ? 'CANNOT_CONNECT' : 'CONNECTION_LOST',
        message: expect.stringContaining('hello'),
      });
      expect(sent).toEqual([]);
    },
  );
});

describe('The end of a connection', () => {
  it('is clean on both sides when one of them says so', async () => {
    const app = await startApp();
    const client = await connected(app, { authKey: AUTH_KEY });
    const gone = once(client.events, 'disconnect');
    app.server.disconnect(1, 4000, 'bye');
    expect(await gone).toEqual([{ code: 4000, reason: 'bye', clean: true }]);
    const other = await connected(app, { authKey: AUTH_KEY });
    const left = new Promise((resolve) => app.server.disconnected$.subscribe(resolve));
    other.close();
    expect(await left).toMatchObject({ code: 1000, clean: true });
  });
});
