import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { ConnectionGuard, UpgradeRequest } from '../../src/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler, SlowHandler } from '../fixtures/handlers.js';
import { askForUpgrade } from '../fixtures/upgrade.js';

const startApp = useApps();

@Injectable()
class TokenGuard implements ConnectionGuard {
  canConnect({ query }: UpgradeRequest) {
    const token = query.get('token');
    if (token === 'good') return true;
    return token === null ? { status: 401 as const, message: 'Which token?' } : false;
  }
}

describe('PROTOCOL.md, 1 Connection', () => {
  it('R1.1: upgrades RFC 6455 version 13 at its path', async () => {
    const app = await startApp({ providers: [EchoHandler], options: { path: '/sockets' } });
    const client = await authenticatedRaw(app);
    expect(await client.request('echo', 1)).toMatchObject({ response: 1 });
    const { status, headers } = await askForUpgrade(app.port, { path: '/sockets' });
    expect(status).toBe(101);
    // The answer to the key that RFC 6455, 1.3 gives as its example.
    expect(headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it('R1.1: takes a query behind its path', async () => {
    const app = await startApp({ options: { path: '/sockets' } });
    expect((await askForUpgrade(app.port, { path: '/sockets?a=1' })).status).toBe(101);
  });

  it('R1.2: selects no subprotocol, whatever the client offers', async () => {
    const { port } = await startApp();
    const { status, headers } = await askForUpgrade(port, {
      'Sec-WebSocket-Protocol': 'v1.nestjs-sockets, graphql-ws',
    });
    expect(status).toBe(101);
    expect(headers).not.toHaveProperty('sec-websocket-protocol');
  });

  it('R1.3: negotiates no extension, permessage-deflate least of all', async () => {
    const { port } = await startApp();
    const { status, headers } = await askForUpgrade(port, {
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    });
    expect(status).toBe(101);
    expect(headers).not.toHaveProperty('sec-websocket-extensions');
  });

  it.each([
    ['without a key', { 'Sec-WebSocket-Key': undefined }],
    ['with a key that is none', { 'Sec-WebSocket-Key': 'nonsense' }],
    ['with another version', { 'Sec-WebSocket-Version': '12' }],
  ])('R1.4: answers 400 to an upgrade %s', async (_what, headers) => {
    const { port } = await startApp();
    expect((await askForUpgrade(port, headers)).status).toBe(400);
  });

  it('R1.4: answers 401 and 403 as the connection guard says', async () => {
    const { port } = await startApp({ options: { connectionGuard: TokenGuard } });
    expect((await askForUpgrade(port)).status).toBe(401);
    expect((await askForUpgrade(port, { path: '/?token=bad' })).status).toBe(403);
    expect((await askForUpgrade(port, { path: '/?token=good' })).status).toBe(101);
  });

  it('R1.4: answers 403 to an origin that is not allowed', async () => {
    const { port } = await startApp();
    const own = `http://127.0.0.1:${port}`;
    expect((await askForUpgrade(port, { Origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await askForUpgrade(port, { Origin: 'null' })).status).toBe(403);
    expect((await askForUpgrade(port, { Origin: own })).status).toBe(101);
  });

  it('R1.4: allows the origins of the option, and no others', async () => {
    const allowedOrigins = ['https://app.example.com'];
    const { port } = await startApp({ options: { allowedOrigins } });
    expect((await askForUpgrade(port, { Origin: 'https://app.example.com' })).status).toBe(101);
    expect((await askForUpgrade(port, { Origin: `http://127.0.0.1:${port}` })).status).toBe(403);
  });

  it.each(['/', '/socket', '/sockets/', '/sockets/more', '/SOCKETS'])(
    'R1.4: answers 404 to the path %s, which is not its own',
    async (path) => {
      const { port } = await startApp({ options: { path: '/sockets' } });
      expect((await askForUpgrade(port, { path })).status).toBe(404);
    },
  );

  it('R1.4: answers 429 past the limit for connections of an address', async () => {
    const app = await startApp({ options: { maxConnectionsPerIp: 1 } });
    await authenticatedRaw(app);
    await expect(connectRaw(app)).rejects.toHaveProperty('statusCode', 429);
  });

  it('R1.4: answers 503 when the server is full', async () => {
    const app = await startApp({ options: { maxConnections: 1 } });
    await authenticatedRaw(app);
    await expect(connectRaw(app)).rejects.toHaveProperty('statusCode', 503);
  });

  it('R1.4: answers 503 while the server shuts down', async () => {
    const app = await startApp({ providers: [SlowHandler] });
    const handler = app.app.get(SlowHandler);
    const client = await authenticatedRaw(app);
    const started = firstValueFrom(handler.started$);
    const reply = client.request('slow');
    await started;
    const { port } = app;
    const closed = app.server.close();
    expect((await askForUpgrade(port)).status).toBe(503);
    handler.answer('done');
    expect(await reply).toMatchObject({ response: 'done' });
    await closed;
  });

  it('R1.5: answers 426 to plain HTTP on its own port', async () => {
    const { port } = await startApp();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(426);
    expect(await response.text()).toBe('Upgrade required');
  });
});
