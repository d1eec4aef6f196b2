import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { SocketServer, type SocketServerStats, type SocketsOptions } from '../../../src/index.js';
import { AttackedModule, takeDelivered } from './attacked.module.js';

/** What the test asks the server for, each in the process of the server. */
export interface ServerCommands {
  start(options: SocketsOptions): Promise<number>;
  stats(): SocketServerStats;
  clientIds(): number[];
  takeDelivered(): unknown[];
  /** After a garbage collection: bytes. */
  memory(): { heapUsed: number; external: number; rss: number };
  /** Returns how many clients got it. */
  broadcast(count: number, bytes: number): number;
  /** The bytes that wait for all clients together, as far as Node knows. */
  stop(): Promise<void>;
}

let app: INestApplication;
let server: SocketServer;

const commands: ServerCommands = {
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
  takeDelivered,
  memory() {
    global.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heapUsed, external, rss };
  },
  broadcast(count, bytes) {
    const text = 'x'.repeat(bytes);
    return Array.from({ length: count }, () => server.broadcast('news', text)).at(-1) ?? 0;
  },
  stop: () => app.close(),
};

interface Call {
  readonly id: number;
  readonly command: keyof ServerCommands;
  readonly args: readonly unknown[];
}

process.on('message', ({ id, command, args }: Call) => {
  const run = commands[command] as (...values: readonly unknown[]) => unknown;
  void Promise.resolve(run(...args)).then((result) => process.send?.({ id, result }));
});
// Without the test there is nobody to attack.
process.once('disconnect', () => process.exit());
