import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { SocketClientOptions } from '../../src/client/index.js';
import { useApps } from '../fixtures/apps.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useRawServers } from '../fixtures/raw-servers.js';
import { CERTIFICATE, CERTIFICATE_KEY } from '../fixtures/certificate.js';
import { withDeadline } from '../helpers/with-deadline.js';

const startApp = useApps();
const rawServers = useRawServers();
const cleanUp = useCleanUp();

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  cleanUp(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function startTls(): Promise<number> {
  return portOf(createTlsServer({ key: CERTIFICATE_KEY, cert: CERTIFICATE }));
}

/** How connect() ends. */
async function connectTo(address: string, options?: SocketClientOptions): Promise<unknown> {
  const client = rawServers.client({ address }, options);
  const connecting = withDeadline(client.connect(), 5_000, 'connect() to reject');
  const error: unknown = await connecting.catch((thrown: unknown) => thrown);
  expect(client.state).toBe('failed');
  return error;
}

describe('What no further attempt can mend', () => {
  it.each([301, 400, 404, 405, 426])('R9.6: an upgrade refused with %d', async (status) => {
    const server = await rawServers.start();
    server.faults.refuseUpgradeWith = status;
    const error = await connectTo(server.address);
    expect(error).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(String(error)).toContain(String(status));
  });

  it('R9.6: version 2 spoken to a server of the original, which takes any subprotocol', async () => {
    const server = await rawServers.start();
    const error = await connectTo(server.address, { version: 2, connectTimeout: 300 });
    expect(error).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(String(error)).toContain('Set "version" to 1 for a server of @stonyx/sockets');
  });

  it('R9.6: TLS spoken to a port that speaks none', async () => {
    const port = await portOf(createServer());
    const error = await connectTo(`wss://127.0.0.1:${port}`);
    expect(error).toMatchObject({ code: 'CANNOT_CONNECT', cause: { code: 'EPROTO' } });
    expect(String(error)).toContain('ws://');
  });

  it('R9.6: no TLS spoken to a port that speaks it', async () => {
    const error = await connectTo(`ws://127.0.0.1:${await startTls()}`);
    expect(error).toMatchObject({ code: 'CANNOT_CONNECT', cause: { code: 'ECONNRESET' } });
    expect(String(error)).toContain('wss://');
  });

  it('R9.6: a certificate that is not trusted', async () => {
    const error = await connectTo(`wss://127.0.0.1:${await startTls()}`);
    expect(error).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(String(error)).toContain('certificate');
  });

  it('R9.6: authData that is too big for the server', async () => {
    const app = await startApp();
    const { authKey } = app.options;
    const authData = { text: 'x'.repeat(10_000) };
    const error = await connectTo(app.address, { authKey, authData });
    expect(error).toMatchObject({ code: 'CANNOT_CONNECT' });
    expect(String(error)).toContain('authData');
  });

  it('R9.6: is tried again by a client that was connected before', async () => {
    const server = await rawServers.start();
    const client = rawServers.client(server);
    await client.connect();
    server.faults.refuseUpgradeWith = 404;
    const again = once(client.events, 'reconnecting');
    await server.authenticatedPeers[0]!.terminate();
    await again;
    const [{ error }] = (await once(client.events, 'reconnecting')) as [{ error: Error }];
    expect(error).toHaveProperty('code', 'CANNOT_CONNECT');
    const back = once(client.events, 'reconnected');
    delete server.faults.refuseUpgradeWith;
    await back;
  });
});

describe('What another attempt may mend', () => {
  it.each([
    ['an unknown host', 'ws://no.such.host.invalid', 'ENOTFOUND'],
    ['a port that nobody listens at', 'ws://127.0.0.1:1', 'ECONNREFUSED'],
  ])('R9.6: %s is told in each event', async (_what, address, code) => {
    const client = rawServers.client({ address });
    const connecting = client.connect().catch(() => undefined);
    const [{ error }] = (await once(client.events, 'reconnecting')) as [{ error: Error }];
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', cause: { code } });
    expect(error.message).toContain(code);
    client.close();
    await connecting;
  });
});
