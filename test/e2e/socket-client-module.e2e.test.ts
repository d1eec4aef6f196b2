import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { firstValueFrom, Subject } from 'rxjs';
import {
  SocketClient,
  SocketClientModule,
  SocketHandler,
  type ConnectedClient,
  type SocketClientModuleOptions,
  type SocketClientOptionsFactory,
} from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useEnvironment } from '../fixtures/environment.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { useLog } from '../fixtures/log.js';

const startServer = useApps();
const cleanUp = useCleanUp();
const setEnvironment = useEnvironment();
const log = useLog();

/** Handles a request on the server, and its reply and pushes on the client. */
@SocketHandler()
class ValidateGameHandler {
  readonly heard = new Subject<unknown>();

  server({ pgn }: { pgn: string }): { valid: boolean } {
    return { valid: pgn.startsWith('1.') };
  }

  client(reply: { valid: boolean }, socket: SocketClient): void {
    this.heard.next({ ...reply, connected: socket.state === 'connected' });
  }
}

@Injectable()
class Judge {
  readonly verdict = 'idle';
}

@SocketHandler('status')
class StatusHandler {
  constructor(private readonly judge: Judge) {}

  client(): string {
    return this.judge.verdict;
  }
}

@Injectable()
class Reporter {
  constructor(readonly socket: SocketClient) {}
}

/** An application that is a client. */
async function startClient(clientModule: DynamicModule, ...providers: Provider[]) {
  const builder = Test.createTestingModule({ imports: [clientModule], providers });
  const app = (await builder.compile()).createNestApplication({ logger: false });
  cleanUp(() => app.close());
  await app.init();
  return app;
}

function optionsFor({ address }: SocketsTestApp): SocketClientModuleOptions {
  return { address, authKey: AUTH_KEY, authData: { role: 'worker' }, reconnect: false };
}

function startBoth(): Promise<SocketsTestApp> {
  return startServer({ providers: [EchoHandler, ValidateGameHandler] });
}

function onlyClient({ server }: SocketsTestApp): ConnectedClient {
  const [client, ...others] = server.clientMap.values();
  expect(others).toEqual([]);
  return client!;
}

describe('SocketClientModule.forRoot()', () => {
  it('connects when the application starts, and gives the client to whoever injects it', async () => {
    const server = await startBoth();
    const app = await startClient(SocketClientModule.forRoot(optionsFor(server)), Reporter);
    expect(onlyClient(server).meta).toEqual({ role: 'worker' });
    const { socket } = app.get(Reporter);
    expect(socket.state).toBe('connected');
    expect(await socket.request('echo', 'from an application')).toBe('from an application');
  });

  it('gives replies and pushes to the client() hooks of providers, with the client', async () => {
    const server = await startBoth();
    const module = SocketClientModule.forRoot(optionsFor(server));
    const app = await startClient(module, ValidateGameHandler);
    const handler = app.get(ValidateGameHandler);
    const reply = firstValueFrom(handler.heard);
    app.get(SocketClient).send({ request: 'validateGame', data: { pgn: '1. e4' } });
    expect(await reply).toEqual({ valid: true, connected: true });
    const push = firstValueFrom(handler.heard);
    server.server.broadcast('validateGame', { valid: false });
    expect(await push).toEqual({ valid: false, connected: true });
  });

  it('answers the server with what a hook returns, whose dependencies are injected', async () => {
    const server = await startBoth();
    await startClient(SocketClientModule.forRoot(optionsFor(server)), StatusHandler, Judge);
    const client = onlyClient(server);
    expect(await client.request('status', {})).toBe('idle');
    const unknown = client.request('nobody', {});
    await expect(unknown).rejects.toHaveProperty('code', 'UNKNOWN_HANDLER');
  });

  it('closes the client with the application', async () => {
    const server = await startBoth();
    const app = await startClient(SocketClientModule.forRoot(optionsFor(server)));
    const gone = firstValueFrom(server.server.disconnected$);
    await app.close();
    expect(await gone).toMatchObject({ code: 1000, reason: 'closed by the client' });
    expect(app.get(SocketClient).state).toBe('closed');
  });

  it('fails the startup when the server rejects the key', async () => {
    const options = optionsFor(await startBoth());
    const module = SocketClientModule.forRoot({
      ...options,
      authKey: 'another-key-of-some-length',
    });
    await expect(startClient(module)).rejects.toHaveProperty('code', 'AUTH_REJECTED');
  });

  it('leaves connecting to the application with connectOnBootstrap: false', async () => {
    const server = await startBoth();
    const options = { ...optionsFor(server), connectOnBootstrap: false };
    const app = await startClient(SocketClientModule.forRoot(options), StatusHandler, Judge);
    const socket = app.get(SocketClient);
    expect(socket.state).toBe('idle');
    expect(server.server.clientMap.size).toBe(0);
    await socket.connect();
    expect(await onlyClient(server).request('status', {})).toBe('idle');
  });

  it('takes address and key from the environment where it is given none', async () => {
    const server = await startBoth();
    setEnvironment({ SOCKET_ADDRESS: server.address, SOCKET_AUTH_KEY: AUTH_KEY });
    const app = await startClient(SocketClientModule.forRoot());
    expect(app.get(SocketClient).state).toBe('connected');
  });

  it('logs what happens to the connection', async () => {
    const server = await startBoth();
    const options = { ...optionsFor(server), reconnect: { baseDelay: 1 } };
    await startClient(SocketClientModule.forRoot(options));
    server.server.disconnect(onlyClient(server).id, 1001, 'restart');
    await log.next(/^Disconnected: 1001 "restart"$/);
    await log.next(/^Not connected: The connection was lost \(1001, restart\)/);
    await log.next(/^Attempt 1 to connect in \d+ ms$/);
    await log.next(/^Reconnected$/);
  });

  it.each([
    [true, 'serves', 'connected'],
    [false, 'does not serve', 'UnknownDependenciesException'],
  ])('with isGlobal %s %s modules that do not import it', async (isGlobal, _what, outcome) => {
    @Module({ providers: [Reporter] })
    class ReportsModule {}

    @Module({})
    class RootModule {}

    const server = await startBoth();
    const client = SocketClientModule.forRoot({ ...optionsFor(server), isGlobal });
    const starting = startClient({ module: RootModule, imports: [client, ReportsModule] });
    const state = starting.then(
      (app) => app.get(Reporter).socket.state,
      (error: Error) => error.constructor.name,
    );
    expect(await state).toBe(outcome);
  });
});

@Injectable()
class OptionsFactory implements SocketClientOptionsFactory {
  static options: SocketClientModuleOptions;

  createSocketClientOptions(): SocketClientModuleOptions {
    return OptionsFactory.options;
  }
}

@Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

describe('SocketClientModule.forRootAsync()', () => {
  const imports = [OptionsModule];

  it.each([
    [
      'useFactory',
      {
        imports,
        inject: [OptionsFactory],
        useFactory: (factory: OptionsFactory) => factory.createSocketClientOptions(),
      },
    ],
    ['useClass', { useClass: OptionsFactory }],
    ['useExisting', { imports, useExisting: OptionsFactory }],
  ])('takes its options from %s', async (_name, options) => {
    const server = await startBoth();
    OptionsFactory.options = optionsFor(server);
    await startClient(SocketClientModule.forRootAsync(options));
    expect(onlyClient(server).meta).toEqual({ role: 'worker' });
  });
});
