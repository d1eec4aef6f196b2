import { createServer } from 'node:http';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import { generateKeyPair, privateBytesOf } from '../../src/envelope/x25519.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useApps } from '../fixtures/apps.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { describeInChromium } from './support/describe-in-chromium.js';
import { usePages } from './support/pages.js';

const keys = generateKeyPair();
const serverKey = privateBytesOf(keys).toString('base64url');
const serverPublicKey = keys.publicKey.toString('base64url');
const otherPublicKey = generateKeyPair().publicKey.toString('base64url');
const NEVER_AGAIN = { baseDelay: 1, maxDelay: 1, maxAttempts: 3 };

describeInChromium('A page whose server is not what it expects', () => {
  const startApp = useApps();
  const openPage = usePages();
  const cleanUp = useCleanUp();

  async function appOf(options: object = {}) {
    const app = await startApp({
      providers: [EchoHandler],
      options: { serverKey, allowedOrigins: '*', ...options },
    });
    return `ws://127.0.0.1:${app.port}`;
  }

  /** A server by hand, that selects the subprotocol and then does as it likes. */
  async function serverThat(greet: (webSocket: WebSocket) => void): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', greet);
    await once(server, 'listening');
    cleanUp(async () => {
      for (const webSocket of server.clients) webSocket.terminate();
      await new Promise((resolve) => server.close(resolve));
    });
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['the key is another server’s', {}, { serverPublicKey: otherPublicKey, authKey: AUTH_KEY }],
    ['the authKey is wrong', {}, { authKey: 'another key of 32 characters or so' }],
    ['the server speaks version 1 only', { versions: [1] }, { authKey: AUTH_KEY }],
    ['its origin is not allowed', { allowedOrigins: ['https://a.test'] }, { authKey: AUTH_KEY }],
  ])('is told what to look at when %s', async (_, serverOptions, clientOptions) => {
    const page = await openPage();
    const address = await appOf(serverOptions);
    const outcome = await page.connect({ address, ...clientOptions });
    expect(outcome).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(outcome.message).toContain('refused the WebSocket');
  });

  it('is told so by a server that is none of ours', async () => {
    const http = createServer((_request, response) => response.end('hello'));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    cleanUp(() => void http.close());
    const page = await openPage();
    const address = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
    expect(await page.connect({ address, serverPublicKey })).toMatchObject({
      code: 'CANNOT_CONNECT',
    });
  });

  it('tries again when nobody is there, as often as it was told', async () => {
    const page = await openPage();
    const address = 'ws://127.0.0.1:9';
    expect(await page.connect({ address, serverPublicKey, reconnect: NEVER_AGAIN })).toMatchObject({
      code: 'RECONNECT_FAILED',
    });
  });

  it.each([
    ['sends text', (webSocket: WebSocket) => webSocket.send('{"request":"auth","response":1}')],
    ['sends what no key opens', (webSocket: WebSocket) => webSocket.send(Buffer.alloc(100, 7))],
    ['sends next to nothing', (webSocket: WebSocket) => webSocket.send(Buffer.alloc(1))],
    ['sends a huge frame', (webSocket: WebSocket) => webSocket.send(Buffer.alloc(2 ** 25))],
    ['hangs up', (webSocket: WebSocket) => webSocket.close(1011)],
    ['says nothing', () => undefined],
  ])('believes nothing of a server that %s', async (_, greet) => {
    const address = await serverThat(greet);
    const page = await openPage();
    const outcome = await page.connect({
      address,
      serverPublicKey,
      connectTimeout: 500,
      reconnect: false,
    });
    expect(outcome.code).toMatch(/^(CONNECTION_LOST|CANNOT_CONNECT)$/);
    expect(outcome.message).toMatch(/[.!]$/);
  });

  it('gives up a server that does not even answer the upgrade', async () => {
    const silent = createTcpServer((socket) => cleanUp(() => void socket.destroy()));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cleanUp(() => void silent.close());
    const page = await openPage();
    const address = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const options = { address, serverPublicKey, connectTimeout: 300, reconnect: false } as const;
    expect(await page.connect(options)).toEqual({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('no WebSocket within 300 ms'),
    });
  });

  it('is told to use https where it has no WebCrypto', async () => {
    const page = await openPage('insecure.test');
    const outcome = await page.connect({ address: await appOf(), serverPublicKey });
    expect(outcome).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(outcome.message).toContain('Serve the page over https');
  });

  it('is told that it has no version 1', async () => {
    const page = await openPage();
    const options = { address: await appOf(), authKey: AUTH_KEY, version: 1 } as const;
    const outcome = await page.connect(options);
    expect(outcome).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(outcome.message).toContain('Leave out "version: 1"');
  });

  it('is told that browsers know whom to trust', async () => {
    const page = await openPage();
    const tls = { ca: 'a CA' };
    const outcome = await page.connect({ address: 'wss://127.0.0.1:1', serverPublicKey, tls });
    expect(outcome).toMatchObject({ code: 'INVALID_OPTION' });
    expect(outcome.message).toContain('option "tls". Expected nothing, since browsers decide');
  });

  it('is told what an identity is', async () => {
    const page = await openPage();
    const identity = privateBytesOf(generateKeyPair()).toString('base64url');
    const outcome = await page.connect({ address: await appOf(), serverPublicKey, identity });
    expect(outcome).toMatchObject({ code: 'INVALID_OPTION' });
    expect(outcome.message).toContain('deviceIdentity()');
    expect(outcome.message).not.toContain(identity);
  });

  it('is told that a key is of another curve', async () => {
    const page = await openPage();
    const outcome = await page.connect({ serverPublicKey, device: 'P-256' });
    expect(outcome).toMatchObject({ code: 'INVALID_OPTION' });
    expect(outcome.message).toContain('X25519');
  });
});
