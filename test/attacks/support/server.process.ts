import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { SocketServer, type SocketServerStats, type SocketsOptions } from '../../../src/index.js';
import { AttackedModule, release, takeDelivered } from './attacked.module.js';
import { serveCommands } from './commands.js';
import { seeSockets, type SocketsSeen } from './server-sockets.js';

/** Bytes, after a garbage collection. */
export interface MemoryInUse {
  readonly heapUsed: number;
  /** Buffers and other memory outside of the heap. */
  readonly external: number;
  readonly rss: number;
}

/** What the test asks the server for, each in the process of the server. */
export interface ServerCommands {
  /** Returns the port. */
  start(options: SocketsOptions): Promise<number>;
  stats(): SocketServerStats;
  clientIds(): number[];
  /** `meta.role` of every client in the clientMap. */
  roles(): unknown[];
  takeDelivered(): unknown[];
  memory(): MemoryInUse;
  sockets(): SocketsSeen;
  /** Pushes `news` so many times, and returns how many bytes waited for one peer at the most. */
  broadcast(count: number, bytes: number): Promise<number>;
  /** The requests for `hold` are answered. */
  release(): void;
  stop(): Promise<void>;
}

let app: INestApplication;
let server: SocketServer;

serveCommands<ServerCommands>({
  async start(options) {
    app = await NestFactory.create(AttackedModule.with({ host: '127.0.0.1', ...options }), {
      logger: ['warn', 'error'],
    });
    app.enableShutdownHooks();
    await app.init();
    server = app.get(SocketServer);
    return (server.address() as AddressInfo).port;
  },
  stats: () => server.stats(),
  clientIds: () => [...server.clientMap.keys()],
  roles: () => [...server.clientMap.values()].map(({ meta }) => meta.role),
  takeDelivered,
  memory() {
    global.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heapUsed, external, rss };
  },
  sockets: seeSockets,
  async broadcast(count, bytes) {
    const text = 'x'.repeat(bytes);
    let mostWaiting = 0;
    for (let index = 0; index < count; index++) {
      server.broadcast('news', { index, text });
      await nextTurn();
      mostWaiting = Math.max(mostWaiting, seeSockets().mostWaiting);
    }
    return mostWaiting;
  },
  release,
  stop: () => app.close(),
});
