import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { SocketClient, SocketServer, type SocketsOptions } from '../../../src/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { useEnvironment } from '../../fixtures/environment.js';
import { RecordHandler } from '../../fixtures/handlers.js';
import { askForUpgrade } from '../../fixtures/upgrade.js';
import { readDocument } from '../../readme/documents.js';
import { AttackedModule } from '../support/attacked.module.js';
import { RawSocket } from '../support/raw-socket.js';

const startApp = useApps();
const cleanUp = useCleanUp();
const setEnvironment = useEnvironment();
const security = readDocument('src/envelope/KEYS.md').section('Security of version 1');

/** As an application starts it: the testing kit would choose port and host itself. */
async function startAttacked(options: SocketsOptions): Promise<AddressInfo> {
  const module = AttackedModule.with({ authKey: AUTH_KEY, ...options });
  const app = await NestFactory.create(module, { logger: false, abortOnError: false });
  cleanUp(() => app.close());
  await app.init();
  return app.get(SocketServer).address()!;
}

describe('finding 13: a misspelt SOCKET_ENCRYPTION means clear text', () => {
  const MISSPELT = ['TRUE', 'True', 'yes', 'on', '1', '0', 'FALSE', ' true', 'true\n'];

  it.each(MISSPELT)(
    'a server does not start with %j, and says which values there are',
    async (v) => {
      setEnvironment({ SOCKET_ENCRYPTION: v });
      await expect(startApp()).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(/SOCKET_ENCRYPTION. Expected true or false/),
      });
    },
  );

  it.each(MISSPELT)('a client does not start with %j', (value) => {
    setEnvironment({ SOCKET_ENCRYPTION: value });
    expect(() => new SocketClient({ authKey: AUTH_KEY })).toThrow(/SOCKET_ENCRYPTION/);
  });

  it.each(['true', 1, 0, null, 'no'])('the option does not take %j either', async (value) => {
    const options = { encryption: value } as object;
    await expect(startApp({ options })).rejects.toHaveProperty('code', 'INVALID_OPTION');
  });

  it.each([
    ['true', true],
    ['false', false],
    ['', true],
  ])('"%s" means %s', async (value, encryption) => {
    setEnvironment({ SOCKET_ENCRYPTION: value });
    const peer = await connectRaw(await startApp());
    await peer.authenticate();
    expect(peer.frames.every(({ binary }) => binary === encryption)).toBe(true);
  });
});

describe('finding 23: a web page of another site, or another network, reaches the server', () => {
  it.each([
    ['its own host', undefined, (own: string) => own, 101],
    ['another site', undefined, () => 'https://evil.example.com', 403],
    ['its own host on another port', undefined, () => 'http://127.0.0.1:1', 403],
    ['a sandbox', undefined, () => 'null', 403],
    ['no origin, but says so', undefined, () => '', 403],
    ['a site that is listed', ['https://app.example.com'], () => 'https://app.example.com', 101],
    [
      'one that only begins so',
      ['https://app.example.com'],
      () => 'https://app.example.com.evil',
      403,
    ],
    ['its own host, which is not listed', ['https://app.example.com'], (own: string) => own, 403],
    ['any site, where all may', '*', () => 'https://evil.example.com', 101],
  ] as const)('a page of %s', async (_whose, allowedOrigins, originOf, status) => {
    const app = await startApp({ options: allowedOrigins ? { allowedOrigins } : {} });
    const origin = originOf(`http://127.0.0.1:${app.port}`);
    expect((await askForUpgrade(app.port, { Origin: origin })).status).toBe(status);
  });

  it('programs, which send no origin, get in', async () => {
    const app = await startApp({ options: { allowedOrigins: ['https://app.example.com'] } });
    expect((await askForUpgrade(app.port)).status).toBe(101);
  });

  it('the option host is the one address that is listened on', async () => {
    const { address, port } = await startAttacked({ port: 0, host: '127.0.0.1' });
    expect(address).toBe('127.0.0.1');
    const elsewhere = new SocketClient({
      address: `ws://[::1]:${port}`,
      authKey: AUTH_KEY,
      reconnect: false,
    });
    await expect(elsewhere.connect()).rejects.toHaveProperty('code', 'CONNECTION_LOST');
  });
});

describe('finding 24: a peer is told that its first subprotocol was chosen', () => {
  it.each(['graphql-ws', 'v1, v2', 'auth', 'nestjs-sockets'])(
    '"%s" is not echoed',
    async (offer) => {
      const { port } = await startApp();
      const { status, headers } = await askForUpgrade(port, { 'Sec-WebSocket-Protocol': offer });
      expect(status).toBe(101);
      expect(headers).not.toHaveProperty('sec-websocket-protocol');
    },
  );
});

describe('finding 27: a forger sends short GCM tags', () => {
  /** As it would be sealed with a shorter tag, which is easier to guess. */
  function shortlySealed(text: string, key: Buffer, authTagLength: number): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength });
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
  }

  it.each([4, 8, 12, 13, 14, 15])('of %d bytes, and is refused', async (length) => {
    const app = await startApp({ providers: [RecordHandler] });
    const peer = await authenticatedRaw(app);
    const text = '{"request":"record","data":"forged"}';
    peer.sendFrame(shortlySealed(text, peer.key!, length));
    expect((await peer.untilClosed()).code).toBe(4400);
    expect(app.app.get(RecordHandler).calls).toEqual([]);
  });

  it.each([4, 8, 12, 15])('of %d bytes and nothing behind it, and is refused', async (length) => {
    const app = await startApp();
    const peer = await authenticatedRaw(app);
    peer.sendFrame(shortlySealed('', peer.key!, length));
    expect(await peer.untilClosed()).toEqual({ code: 4400, reason: 'bad frame: too short' });
  });

  it('is helped by one key for both directions with version 1, as KEYS.md says', () => {
    expect(security).toMatch(
      /One session key serves both directions.*, and nothing but the key binds a frame to its place/,
    );
  });
});

describe('finding 27: the port is in use', () => {
  it('so the startup is rejected, and says what to do', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    cleanUp(() => occupant.close());
    const { port } = occupant.address() as AddressInfo;
    await expect(startAttacked({ port, host: '127.0.0.1' })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringContaining(`Cannot listen on port ${port}`),
    });
  });

  it('by a server of its own kind, which goes on', async () => {
    const { port } = await startAttacked({ port: 0, host: '127.0.0.1' });
    await expect(startAttacked({ port, host: '127.0.0.1' })).rejects.toHaveProperty(
      'code',
      'LISTEN_FAILED',
    );
    const peer = await RawSocket.session({ port, authKey: AUTH_KEY });
    peer.destroy();
  });
});
