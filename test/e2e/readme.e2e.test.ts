import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { CloseCode, SharedKeyAuthHandler, SocketServer } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { ADDRESS_IN_SAMPLES, useReadmeSamples } from '../readme/use-readme-samples.js';

const MILLISECONDS_TO_COMPILE = 120_000;

const bench = useReadmeSamples();

/** As the README says that it is started. */
async function startAppModule(): Promise<{ server: SocketServer; address: string }> {
  const { AppModule } = await bench.samples.load<{ AppModule: Type }>('app.module.ts');
  const app = await bench.closeLater(NestFactory.create(AppModule, { logger: false }));
  await app.init();
  const server = app.get(SocketServer);
  return { server, address: `ws://127.0.0.1:${server.address()!.port}` };
}

describe('The samples of the documents', () => {
  it('have a file name of their own each', () => {
    const files = bench.samples.files;
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !/^[a-z.-]+\.ts$/.test(file))).toEqual([]);
    expect(new Set(files).size).toBe(files.length);
  });

  it(
    'compile with strict settings',
    async () => {
      expect(await bench.samples.typeErrors()).toEqual([]);
    },
    MILLISECONDS_TO_COMPILE,
  );
});

describe('The samples to begin with', () => {
  it('has a server in app.module.ts that answers worker.ts as its comment promises', async () => {
    const { address } = await startAppModule();
    await bench.samples.load('worker.ts', { [ADDRESS_IN_SAMPLES]: address });
    const promised = bench.samples.promisedOutput('worker.ts');
    expect(promised).toHaveLength(1);
    expect(bench.printed()).toEqual(promised);
  });

  it('has a client.ts that gets its verdict, hears the announcement and answers the server', async () => {
    const { server, address } = await startAppModule();
    const answers: Promise<unknown>[] = [];
    server.authenticated$.subscribe((client) => {
      server.broadcast('announcement', { msg: 'hi' });
      answers.push(client.request('status', {}));
    });
    await bench.samples.load('client.ts', { [ADDRESS_IN_SAMPLES]: address });
    expect(await bench.untilPrinted(3)).toEqual([
      "'hi'",
      "true 'connected'",
      `'gone' ${CloseCode.Normal} 'closed by the client'`,
    ]);
    expect(await Promise.all(answers)).toEqual([{ idle: true }]);
  });

  it('has an async-options.ts that shares the HTTP server, with the key of a service', async () => {
    const { AppModule } = await bench.samples.load<{ AppModule: Type }>('async-options.ts');
    const sockets = await bench.startModule(Test.createTestingModule({ imports: [AppModule] }));
    const { port } = sockets.app.getHttpServer().address() as AddressInfo;
    const client = await sockets.connect({
      address: `ws://127.0.0.1:${port}/sockets`,
      authKey: 'read-from-somewhere-safe',
    });
    expect(client.state).toBe('connected');
  });
});

describe('games.service.ts of HANDLERS.md', () => {
  async function connectAs(role: string) {
    const { GamesService } = await bench.samples.load<{ GamesService: Type }>('games.service.ts');
    const sockets = await bench.startProviders(SharedKeyAuthHandler, GamesService);
    return sockets.connect({ authData: { role } });
  }

  it('handles two requests in one class, with and without parameter decorators', async () => {
    const client = await connectAs('worker');
    expect(await client.request('saveGame', { pgn: '1. e4' })).toEqual({ saved: 5, by: 1 });
    expect(await client.request('countGames', { eco: 'B90' })).toEqual({ eco: 'B90', askedBy: 1 });
  });

  it('refuses what is no GameDto', async () => {
    const client = await connectAs('worker');
    await expect(client.request('saveGame', { pgn: 1 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: ['pgn must be a string'],
    });
  });

  it('is guarded against others than workers', async () => {
    const client = await connectAs('audience');
    const forbidden = { code: 'FORBIDDEN' };
    await expect(client.request('saveGame', { pgn: '' })).rejects.toMatchObject(forbidden);
    await expect(client.request('countGames', {})).rejects.toMatchObject(forbidden);
  });
});

describe('auth.handler.ts of HANDLERS.md', () => {
  async function startWithAuthHandler(): Promise<SocketsTestApp> {
    const { AuthHandler } = await bench.samples.load<{ AuthHandler: Type }>('auth.handler.ts');
    return bench.startProviders(AuthHandler);
  }

  it('lets in who knows the key, as a worker with a name', async () => {
    const sockets = await startWithAuthHandler();
    await sockets.connect({ authData: { name: 'Ada' } });
    const [client] = sockets.server.clientMap.values();
    expect(client!.meta).toEqual({ role: 'worker', name: 'Ada' });
  });

  it('refuses another key with 4401', async () => {
    const sockets = await startWithAuthHandler();
    // The envelope's key stays as it was, so that the frame opens and the handler decides.
    bench.setEnvironment({ SOCKET_AUTH_KEY: 'another-key-of-some-length' });
    await expect(sockets.connect()).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
      message: expect.stringContaining(`close code ${CloseCode.Unauthorized}`),
    });
  });
});

describe('connection.guard.ts of HANDLERS.md', () => {
  async function startGuarded(blockedIp: string): Promise<SocketsTestApp> {
    const { AppModule, Blocklist } =
      await bench.samples.load<Record<'AppModule' | 'Blocklist', Type>>('connection.guard.ts');
    const builder = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(Blocklist)
      .useValue({ has: (ip: string) => ip === blockedIp });
    return bench.startModule(builder);
  }

  async function refusalOf({ port }: SocketsTestApp, headers: Record<string, string> = {}) {
    const webSocket = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
    };
    const request = get({ host: '127.0.0.1', port, headers: { ...webSocket, ...headers } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  }

  it('refuses a blocked address with 403 and its message', async () => {
    const sockets = await startGuarded('127.0.0.1');
    const refusal = await refusalOf(sockets, { 'X-Tenant': 'acme' });
    expect(refusal).toEqual({ status: 403, body: 'Blocked' });
  });

  it('refuses who names no tenant with 401, and lets the others authenticate', async () => {
    const sockets = await startGuarded('192.0.2.1');
    expect(await refusalOf(sockets)).toMatchObject({ status: 401 });
    const client = await sockets.connect({ address: `${sockets.address}?tenant=acme` });
    expect(client.state).toBe('connected');
  });
});
