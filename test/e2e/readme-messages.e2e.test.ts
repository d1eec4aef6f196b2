import { once } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { lastValueFrom, Subject, take, toArray } from 'rxjs';
import {
  CloseCode,
  SharedKeyAuthHandler,
  SocketHandler,
  type SocketClient,
} from '../../src/index.js';
import { ADDRESS_IN_SAMPLES, useReadmeSamples } from '../readme/use-readme-samples.js';

const bench = useReadmeSamples();

describe('announcer.ts of HANDLERS.md', () => {
  interface Announcer {
    tick(games: string[]): Promise<void>;
  }

  it('reaches workers and all, asks each, and disconnects who is busy', async () => {
    const sample = await bench.samples.load<{ Announcer: Type<Announcer> }>('announcer.ts');
    const sockets = await bench.startProviders(SharedKeyAuthHandler, sample.Announcer);
    const worker = await sockets.connect({ authData: { role: 'worker' } });
    const other = await sockets.connect();
    for (const client of [worker, other]) client.watch('announcement');
    worker.watch('scanGames');
    const scanned: unknown[] = [];
    other.on('scanGames', (games) => scanned.push(games));
    worker.on('status', () => ({ idle: true }));
    other.on('status', () => ({ idle: false }));
    const gone = once(other.events, 'disconnect');

    await sockets.app.get<Announcer>(sample.Announcer).tick(['1. e4']);

    expect(await worker.nextPush('scanGames')).toEqual(['1. e4']);
    expect(await worker.nextPush('announcement')).toEqual({ msg: 'hi' });
    expect(await other.nextPush('announcement')).toEqual({ msg: 'hi' });
    expect(await gone).toEqual([{ code: 4000, reason: 'busy', clean: true }]);
    expect(scanned).toEqual([]);
    expect(worker.state).toBe('connected');
  });
});

describe('worker.module.ts of CLIENT.md', () => {
  const requests = new Subject<unknown>();

  @SocketHandler('validateGame')
  class ValidateGame {
    server(game: unknown): object {
      requests.next(game);
      return { valid: true };
    }
  }

  @SocketHandler('report')
  class Report {
    server(report: unknown): void {
      requests.next(report);
    }
  }

  it('connects by itself, has its games judged, and reports', async () => {
    const sockets = await bench.startProviders(SharedKeyAuthHandler, ValidateGame, Report);
    bench.setEnvironment({ SOCKET_ADDRESS: sockets.address });
    const { WorkerModule, Reporter } =
      await bench.samples.load<Record<'WorkerModule' | 'Reporter', Type>>('worker.module.ts');
    const creating = NestFactory.createApplicationContext(WorkerModule, { logger: false });
    const worker = await bench.closeLater(creating);
    const arrived = lastValueFrom(requests.pipe(take(3), toArray()));

    expect(sockets.server.sendToByMeta('role', 'worker', 'scanGames', ['1. e4', '1. d4'])).toBe(1);
    worker.get<{ report(total: number): void }>(Reporter).report(2);

    expect(await arrived).toEqual(
      expect.arrayContaining([{ pgn: '1. e4' }, { pgn: '1. d4' }, { total: 2 }]),
    );
  });
});

describe('watch-games.handler.ts of HANDLERS.md', () => {
  const PLIES = Array.from({ length: 40 }, (_, index) => index + 1);

  async function connect() {
    const sample = await bench.samples.load<{ WatchGamesHandler: Type }>('watch-games.handler.ts');
    const sockets = await bench.startProviders(SharedKeyAuthHandler, sample.WatchGamesHandler);
    return sockets.connect();
  }

  it('gives who asks for the stream each value', async () => {
    const client = await connect();
    const values: unknown[] = [];
    for await (const value of client.stream('watchGames', { eco: 'B90' })) values.push(value);
    expect(values).toEqual(PLIES.map((plies) => ({ eco: 'B90', plies })));
  });

  it('gives any other request the last value', async () => {
    const client = await connect();
    expect(await client.request('watchGames', { eco: 'B90' })).toEqual({ eco: 'B90', plies: 40 });
  });

  it('lets watcher.ts leave early', async () => {
    const client = await connect();
    const { watch } = await bench.samples.load<{ watch(client: SocketClient): Promise<void> }>(
      'watcher.ts',
    );
    const ended = jest.fn();
    const stream = client.stream.bind(client);
    jest.spyOn(client, 'stream').mockImplementation((...args: Parameters<typeof stream>) => {
      const values = stream(...args);
      const leave = values.return!.bind(values);
      return Object.assign(values, { return: () => (ended(), leave()) });
    });
    await watch(client);
    expect(ended).toHaveBeenCalledTimes(1);
  });
});

describe('contract.ts of HANDLERS.md', () => {
  interface Dispatcher {
    dispatch(id: number): Promise<boolean>;
  }
  interface ContractSample {
    ValidateGameHandler: Type;
    Dispatcher: Type<Dispatcher>;
    ask(client: SocketClient): Promise<boolean>;
  }

  it('asks the server and the client as it is typed', async () => {
    const sample = await bench.samples.load<ContractSample>('contract.ts');
    const { ValidateGameHandler, Dispatcher, ask } = sample;
    const sockets = await bench.startProviders(
      SharedKeyAuthHandler,
      ValidateGameHandler,
      Dispatcher,
    );
    const client = await sockets.connect();
    client.on('status', ({ verbose }: { verbose: boolean }) => ({ idle: verbose }));
    client.watch('scanGames');
    const [id] = sockets.server.clientMap.keys();

    expect(await ask(client)).toBe(true);
    expect(await sockets.app.get<Dispatcher>(Dispatcher).dispatch(id!)).toBe(true);
    expect(await client.nextPush('scanGames')).toEqual(['1. e4']);
  });
});

describe('presence.service.ts of HANDLERS.md', () => {
  interface Presence {
    present: ReadonlySet<number>;
  }

  it('knows who is there, and tells who was too slow', async () => {
    const sample = await bench.samples.load<{ PresenceService: Type<Presence> }>(
      'presence.service.ts',
    );
    const sockets = await bench.startProviders(SharedKeyAuthHandler, sample.PresenceService);
    const { present } = sockets.app.get<Presence>(sample.PresenceService);
    const warned = new Promise((resolve) => {
      jest.spyOn(console, 'warn').mockImplementation(resolve);
    });
    const client = await sockets.connect();
    await client.request('nobody').catch(() => undefined);
    const [id] = sockets.server.clientMap.keys();
    expect([...present]).toEqual([id]);

    sockets.server.disconnect(id!, CloseCode.TooSlow);
    expect(await warned).toBe(`client ${id} was too slow`);
    expect([...present]).toEqual([]);
  });
});

describe('table.module.ts of ROOMS.md', () => {
  it('has rooms that table.client.ts sits down in, and is told of moves and of others', async () => {
    const { TableModule } = await bench.samples.load<{ TableModule: Type }>('table.module.ts');
    const sockets = await bench.startModule(Test.createTestingModule({ imports: [TableModule] }));
    const address = `ws://127.0.0.1:${sockets.port}`;
    const sample = { [ADDRESS_IN_SAMPLES]: address };
    const { client } = await bench.samples.load<{ client: SocketClient }>(
      'table.client.ts',
      sample,
    );
    try {
      await bench.untilPrinted(1);
      const other = await sockets.connect();
      expect(await other.request('sit', '7')).toBe(2);
      await bench.untilPrinted(2);
      expect(await other.request('move', { table: '7', san: 'e4' })).toBe(1);
      const [move, state, member] = bench.samples.promisedOutput('table.client.ts');
      expect(await bench.untilPrinted(3)).toEqual([state, member, move]);
    } finally {
      client.close();
    }
  });
});

describe('cluster.module.ts of ROOMS.md', () => {
  it('makes one server of two applications', async () => {
    bench.setEnvironment({ CLUSTER_KEY: 'a secret of all of the nodes' });
    const { ClusterModule } = await bench.samples.load<{ ClusterModule: Type }>(
      'cluster.module.ts',
      {
        "redisEngine({ url: process.env['REDIS_URL'] ?? 'redis://localhost:6379' })":
          'memoryEngine()',
        "SocketsModule } from 'nestjs-sockets'":
          "SocketsModule, memoryEngine } from 'nestjs-sockets'",
      },
    );
    const start = () => bench.startModule(Test.createTestingModule({ imports: [ClusterModule] }));
    const [here, there] = [await start(), await start()];
    const client = await there.connect();
    client.watch('announcement');
    here.server.broadcast('announcement', 'hi');
    expect(await client.nextPush('announcement')).toBe('hi');
  });
});

describe('health.controller.ts of OPERATIONS.md', () => {
  it('counts clients, and is not ready when the server drains or has stopped', async () => {
    const { HealthController } = await bench.samples.load<{
      HealthController: Type<{ read(): object }>;
    }>('health.controller.ts');
    const sockets = await bench.startProviders(SharedKeyAuthHandler, HealthController);
    await sockets.connect();
    const health = sockets.app.get<{ read(): object }>(HealthController);
    expect(health.read()).toEqual({ connections: 1, authenticated: 1 });
    const closed = sockets.server.close();
    expect(sockets.server.address()).not.toBeNull();
    expect(() => health.read()).toThrow('Service Unavailable');
    await closed;
    expect(() => health.read()).toThrow('Service Unavailable');
  });
});
