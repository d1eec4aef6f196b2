import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ConnectedClient,
  SkipAuth,
  SocketHandler,
  SocketServer,
  SocketsError,
  SocketsModule,
  type RoomMember,
  type RoomPosition,
  type RoomsOptions,
  type SocketServerStats,
} from '../../../src/index.js';
import { redisEngine } from '../../../src/redis/index.js';
import { serveCommands } from './commands.js';

export interface NodeOptions {
  readonly port: number;
  readonly authKey: string;
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly rooms: RoomsOptions;
}

/** What a client of a node shows it. */
export interface NodeCredentials {
  readonly authKey: string;
  readonly name: string;
  readonly rooms: readonly string[];
  /** Whether it wants to hear who else is in them. */
  readonly members?: boolean;
}

/** What a test asks one node of a cluster for, in the process of the node. */
export interface NodeCommands {
  /** Returns the port. */
  start(options: NodeOptions): Promise<number>;
  publish(room: string, value: unknown): Promise<RoomPosition>;
  send(room: string, value: unknown): number;
  broadcast(value: unknown): number;
  members(room: string): Promise<RoomMember[]>;
  stats(): SocketServerStats;
  /** SIGTERM would do the same. */
  stop(): Promise<void>;
}

let expectedKey: string;

@Injectable()
class NodeHandlers {
  /** Who comes is in its rooms as soon as it is accepted. */
  @SkipAuth()
  @SocketHandler('auth')
  auth({ authKey, name, rooms, members = false }: NodeCredentials, client: ConnectedClient) {
    if (authKey !== expectedKey) return false;
    client.meta = { name };
    for (const room of rooms) void client.join(room, { members });
    return 'success';
  }

  @SocketHandler('echo')
  echo(data: unknown): unknown {
    return data;
  }
}

let app: INestApplication;
let server: SocketServer;

const commands: NodeCommands = {
  async start({ port, authKey, redis, rooms }) {
    expectedKey = authKey;
    @Module({
      imports: [
        SocketsModule.forRoot({
          authKey,
          host: '127.0.0.1',
          port,
          rooms,
          engine: redisEngine(redis),
          drainSpread: 200,
          maxAuthFailuresPerMinute: Infinity,
        }),
      ],
      providers: [NodeHandlers],
    })
    class NodeModule {}
    app = await NestFactory.create(NodeModule, { logger: ['warn', 'error'] });
    app.enableShutdownHooks();
    await app.init();
    server = app.get(SocketServer);
    return (server.address() as AddressInfo).port;
  },
  async publish(room, value) {
    try {
      return await server.to(room).publish('move', value);
    } catch (error) {
      // A code does not survive the way to the test.
      throw new Error((error as SocketsError).code, { cause: error });
    }
  },
  send: (room, value) => server.to(room).send('move', value),
  broadcast: (value) => server.broadcast('move', value),
  members: (room) => server.in(room).members(),
  stats: () => server.stats(),
  stop: () => app.close(),
};

serveCommands(commands);
