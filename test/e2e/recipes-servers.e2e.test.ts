import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  Transport,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { firstValueFrom } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import { SocketServer } from '../../src/index.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { nextPush, useRecipeClients } from '../fixtures/recipes/recipe-clients.js';
import { DEFAULT_DEADLINE, withDeadline } from '../helpers/with-deadline.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const HOST = '127.0.0.1';

const bench = useReadmeSamples();
const cleanUp = useCleanUp();
const connect = useRecipeClients();

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

type Start<App> = (port: number) => Promise<App>;

async function startSample<App>(file: string, replace?: Record<string, string>): Promise<App> {
  const { start } = await bench.samples.load<{ start: Start<App> }>(file, replace);
  return start(0);
}

describe('The recipe of a hybrid application', () => {
  @Controller()
  class RatingsController {
    @MessagePattern('rating')
    rating(player: string): number {
      return player === 'Ada' ? 2_000 : 1_000;
    }
  }

  @Module({ controllers: [RatingsController] })
  class RatingsModule {}

  async function startRatings(): Promise<number> {
    const ratings = await bench.closeLater(
      NestFactory.createMicroservice<MicroserviceOptions>(RatingsModule, {
        transport: Transport.TCP,
        options: { host: HOST, port: 0 },
        logger: false,
      }),
    );
    await ratings.listen();
    return portOf(ratings.unwrap<Server>());
  }

  async function startHybrid(): Promise<INestApplication> {
    const ports = { 'port: 4001': `port: ${await startRatings()}`, 'port: 4000': 'port: 0' };
    return bench.closeLater(startSample<INestApplication>('hybrid.main.ts', ports));
  }

  const addressOf = (app: INestApplication) =>
    `ws://${HOST}:${app.get(SocketServer).address()!.port}`;

  it('asks another service for a client', async () => {
    const client = await connect(addressOf(await startHybrid()));
    expect(await client.request('ratingOf', 'Ada')).toBe(2_000);
    const streamed = [];
    for await (const rating of client.stream('ratingOf', 'Bob')) streamed.push(rating);
    expect(streamed).toEqual([1_000]);
  });

  it('pushes to clients what another service announces', async () => {
    const app = await startHybrid();
    const client = await connect(addressOf(app));
    const news = nextPush(client, 'news');
    const port = portOf(app.getMicroservices()[0]!.unwrap<Server>());
    const service = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: HOST, port },
    });
    cleanUp(() => service.close());
    expect(await firstValueFrom(service.send<number>('announce', 'the final begins'))).toBe(1);
    expect(await news).toBe('the final begins');
  });
});

describe('Next to socket.io', () => {
  interface Pair {
    app: INestApplication;
    close(): Promise<unknown>;
  }

  async function startPair(file: string): Promise<Pair & { port: number }> {
    const pair = await startSample<Pair>(file);
    const close = async () => void (await pair.close());
    await bench.closeLater(Promise.resolve({ close }));
    return { ...pair, port: portOf(pair.app.getHttpServer() as Server) };
  }

  async function connectIo(port: number, transports: string[]): Promise<Socket> {
    const socket = io(`http://${HOST}:${port}`, {
      transports,
      reconnection: false,
      forceNew: true,
    });
    cleanUp(() => socket.disconnect());
    await once(socket as never, 'connect');
    return socket;
  }

  describe.each([
    ['with its gateways in a second application', 'beside-io-gateways.main.ts'],
    ['by hand', 'beside-io.main.ts'],
  ])('%s', (_how, file) => {
    it.each([[['websocket']], [['polling', 'websocket']]])(
      'both are served on one port, with the transports %j',
      async (transports) => {
        const { port } = await startPair(file);
        const client = await connect(`ws://${HOST}:${port}/sockets`);
        const socket = await connectIo(port, transports);
        const said = nextPush(client, 'said');
        expect(await socket.timeout(DEFAULT_DEADLINE).emitWithAck('say', 'hello')).toBe(1);
        expect(await said).toBe('hello');
      },
    );

    it('both end, while clients of both are there', async () => {
      const { port, close } = await startPair(file);
      const client = await connect(`ws://${HOST}:${port}/sockets`);
      const socket = await connectIo(port, ['websocket']);
      const ends = [
        once(client.events as never, 'disconnect'),
        once(socket as never, 'disconnect'),
      ];
      await withDeadline(close(), 20_000, 'both to close');
      expect((await ends[0])![0]).toMatchObject({ code: 1001 });
      await ends[1];
    });
  });

  it('the IoAdapter in the same application stops the startup', async () => {
    const { SocketsAppModule } = await bench.samples.load<{ SocketsAppModule: never }>(
      'beside-io-gateways.main.ts',
    );
    const app = await bench.closeLater(NestFactory.create(SocketsAppModule, { logger: false }));
    app.useWebSocketAdapter(new IoAdapter(app));
    await expect(app.init()).rejects.toMatchObject({ code: 'ADAPTER_REPLACED' });
  });
});

describe('The recipe for Fastify', () => {
  it("serves sockets and routes on Fastify's HTTP server", async () => {
    const app = await bench.closeLater(startSample<INestApplication>('fastify.main.ts'));
    const port = portOf(app.getHttpServer() as Server);
    const client = await connect(`ws://${HOST}:${port}/sockets`);
    expect(await client.request('ping')).toBe('pong');
    expect((await fetch(`http://${HOST}:${port}/none`)).status).toBe(404);
    const end = once(client.events as never, 'disconnect');
    await app.close();
    expect((await end)[0]).toMatchObject({ code: 1001 });
  });

  it('serves sockets on a port of their own', async () => {
    const replace = { "port: 'http', path: '/sockets'": 'port: 0' };
    const app = await bench.closeLater(startSample<INestApplication>('fastify.main.ts', replace));
    const { port } = app.get(SocketServer).address()!;
    expect(port).not.toBe(portOf(app.getHttpServer() as Server));
    const client = await connect(`ws://${HOST}:${port}`);
    expect(await client.request('ping')).toBe('pong');
  });
});
