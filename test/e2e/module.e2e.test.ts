import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Logger,
  Module,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { WebSocket, WebSocketServer } from 'ws';
import {
  SharedKeyAuthHandler,
  SkipAuth,
  SocketHandler,
  SocketServer,
  SocketsModule,
  type SocketsOptions,
  type SocketsOptionsFactory,
} from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { RawClient } from '../helpers/raw-client.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(ends.splice(0).map((end) => end()));
  await closeApps();
});

@Injectable()
class OptionsFactory implements SocketsOptionsFactory {
  createSocketsOptions(): SocketsOptions {
    return { authKey: AUTH_KEY, port: 0 };
  }
}

@Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

async function startWith(
  imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>,
) {
  const builder = Test.createTestingModule({
    imports,
    providers: [SharedKeyAuthHandler, EchoHandler],
  });
  const app = (await builder.compile()).createNestApplication({ logger: false });
  ends.push(() => app.close());
  await app.init();
  return app;
}

async function answers(port: number, path = '/'): Promise<void> {
  const client = await RawClient.connect({ port, authKey: AUTH_KEY, path });
  await client.authenticate();
  expect(await client.request('echo', 1)).toMatchObject({ response: 1 });
  await client.terminate();
}

describe('SocketsModule.forRootAsync()', () => {
  const imports = [OptionsModule];
  it.each([
    [
      'useFactory',
      {
        imports,
        inject: [OptionsFactory],
        useFactory: (f: OptionsFactory) => f.createSocketsOptions(),
      },
    ],
    ['useClass', { useClass: OptionsFactory }],
    ['useExisting', { imports, useExisting: OptionsFactory }],
  ])('takes its options from %s', async (_name, options) => {
    const app = await startWith([SocketsModule.forRootAsync(options)]);
    await answers(app.get(SocketServer).address()!.port);
  });
});

describe('The option isGlobal', () => {
  @Injectable()
  class Announcer {
    constructor(readonly server: SocketServer) {}
  }

  @Module({ providers: [Announcer] })
  class AnnouncementsModule {}

  const given = { authKey: AUTH_KEY, port: 0, host: '127.0.0.1' };

  it.each([
    ['forRoot()', SocketsModule.forRoot({ ...given, isGlobal: true })],
    ['forRootAsync()', SocketsModule.forRootAsync({ useFactory: () => given, isGlobal: true })],
  ])('of %s lets modules inject SocketServer without importing it', async (_name, module) => {
    const app = await startWith([module, AnnouncementsModule]);
    const { server } = app.get(Announcer);
    expect(server).toBe(app.get(SocketServer));
    await answers(server.address()!.port);
  });

  it('is off by default: who does not import the module cannot inject from it', async () => {
    const starting = startWith([SocketsModule.forRoot(given), AnnouncementsModule]);
    await expect(starting).rejects.toThrow(/can't resolve dependencies of the Announcer/);
  });
});

describe('The option port', () => {
  it('"http" shares the HTTP server with its routes and with other upgrade users', async () => {
    @Controller()
    class HelloController {
      @Get('hello')
      hello(): string {
        return 'hi';
      }
    }
    const { app, port } = await startApp({
      options: { port: 'http', path: '/sockets' },
      controllers: [HelloController],
      providers: [EchoHandler],
    });
    const others = new WebSocketServer({ noServer: true });
    (app.getHttpServer() as Server).on('upgrade', (request, socket, head) => {
      if (request.url !== '/others') return;
      others.handleUpgrade(request, socket, head, (ws) => ws.send('from the other one'));
    });
    await answers(port, '/sockets');
    expect(await (await fetch(`http://127.0.0.1:${port}/hello`)).text()).toBe('hi');
    const other = new WebSocket(`ws://127.0.0.1:${port}/others`);
    const [message] = (await once(other, 'message')) as [Buffer];
    expect(message.toString()).toBe('from the other one');
    other.terminate();
  });

  it('that is taken refuses to start, and says so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const options = { authKey: AUTH_KEY, port, host: '127.0.0.1' };
    await expect(startWith([SocketsModule.forRoot(options)])).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringContaining('Something else listens there'),
    });
  });
});

describe('An application context', () => {
  it('starts no server, and sending reaches nobody', async () => {
    @Module({ imports: [SocketsModule.forRoot({ authKey: AUTH_KEY, port: 0 })] })
    class SendingModule {}
    const context = await NestFactory.createApplicationContext(SendingModule, { logger: false });
    ends.push(() => context.close());
    const server = context.get(SocketServer);
    expect(server.address()).toBeNull();
    expect([server.broadcast('news'), server.sendTo(1, 'news')]).toEqual([0, false]);
  });
});

@SkipAuth()
@SocketHandler('auth')
class SecondAuthHandler {
  server(): string {
    return 'success';
  }
}

@SocketHandler('auth')
class ClosedAuthHandler {
  server(): string {
    return 'success';
  }
}

@SocketHandler('heartBeat')
class HeartBeatHandler {
  server(): void {}
}

@SocketHandler('no spaces please')
class UnaskableHandler {
  server(): void {}
}

@SocketHandler('idle')
class IdleHandler {}

@Module({ providers: [EchoHandler] })
class EchoModule {}

describe('A startup', () => {
  it.each<[string, { auth?: Type; providers?: Type[]; imports?: Type[] }, RegExp]>([
    ['MISSING_AUTH_HANDLER', { auth: EchoHandler }, /No handler named "auth"[^]*@SkipAuth\(\)/],
    ['MISSING_AUTH_HANDLER', { auth: ClosedAuthHandler }, /Add @SkipAuth\(\)/],
    ['DUPLICATE_HANDLER', { providers: [SecondAuthHandler] }, /both handle "auth". Rename one/],
    [
      'DUPLICATE_HANDLER',
      { providers: [EchoHandler], imports: [EchoModule] },
      /EchoHandler \("echo"\) is provided by .* export it there/,
    ],
    ['RESERVED_HANDLER_NAME', { providers: [HeartBeatHandler] }, /framework answers itself/],
    ['INVALID_HANDLER_NAME', { providers: [UnaskableHandler] }, /starts with a letter/],
    ['EMPTY_HANDLER', { providers: [IdleHandler] }, /Add server\(data, client\)/],
  ])('fails with %s, and teaches the fix', async (code, metadata, message) => {
    await expect(startApp(metadata)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('fails when app.useWebSocketAdapter() replaced the adapter', async () => {
    const configure = (app: INestApplication) => void app.useWebSocketAdapter(new WsAdapter());
    await expect(startApp({ configure })).rejects.toMatchObject({ code: 'ADAPTER_REPLACED' });
  });

  it('logs one line for each handler', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    await startApp({ providers: [EchoHandler] });
    const lines = log.mock.calls
      .map(([line]) => String(line))
      .filter((l) => l.startsWith('Mapped'));
    expect(lines.toSorted()).toEqual([
      'Mapped {auth} to SharedKeyAuthHandler',
      'Mapped {echo} to EchoHandler',
    ]);
  });
});
