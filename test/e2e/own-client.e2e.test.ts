import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import {
  SharedKeyAuthHandler,
  SocketClient,
  SocketClientModule,
  SocketsModule,
} from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { freePort } from '../helpers/free-port.js';
import { useLog } from '../fixtures/log.js';

const cleanUp = useCleanUp();
const log = useLog();

/** An application whose client connects to its own server. */
async function create(kind: 'own port' | 'http', order: 'client first' | 'server first') {
  const port = await freePort();
  const server = SocketsModule.forRoot({
    authKey: AUTH_KEY,
    port: kind === 'http' ? 'http' : port,
  });
  const client = SocketClientModule.forRoot({
    address: `ws://127.0.0.1:${port}`,
    authKey: AUTH_KEY,
    reconnect: { baseDelay: 20, maxDelay: 20 },
  });
  const imports = order === 'client first' ? [client, server] : [server, client];
  const builder = Test.createTestingModule({
    imports,
    providers: [SharedKeyAuthHandler, EchoHandler],
  });
  const app = (await builder.compile()).createNestApplication({ logger: false });
  cleanUp(() => app.close());
  return { app, port };
}

describe('an application whose client connects to its own server', () => {
  it.each([
    ['own port', 'client first'],
    ['http', 'client first'],
    ['http', 'server first'],
  ] as const)('starts, and connects when it listens: %s, %s', async (kind, order) => {
    const { app, port } = await create(kind, order);
    await app.init();
    if (kind === 'http') await app.listen(port, '127.0.0.1');
    const client = app.get(SocketClient);
    await client.connect();
    expect(await client.request('echo', 1)).toBe(1);
    expect(log.matching(/startup does not wait for the connection/)).toHaveLength(1);
    expect(log.matching(/Not connected: .*ECONNREFUSED/)).toHaveLength(1);
  });

  it('waits for the connection where the server listens first', async () => {
    const { app } = await create('own port', 'server first');
    await app.init();
    expect(app.get(SocketClient).state).toBe('connected');
  });
});
