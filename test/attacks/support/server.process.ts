import 'reflect-metadata';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import {
  SocketServer,
  type SocketDisconnect,
  type SocketServerStats,
  type SocketsOptions,
} from '../../../src/index.js';
import { AttackedModule, countHeld, takeDelivered, untilHeld } from './attacked.module.js';
import { serveCommands } from './commands.js';
import { countSockets, untilSocketsLeft, watchWaiting, type Waiting } from './server-sockets.js';

/** Bytes, after a garbage collection. */
export interface MemoryInUse {
  readonly heapUsed: number;
  /** Buffers and other memory outside of the heap. */
  readonly external: number;
  readonly rss: number;
}

/** An authenticated client whose connection has ended. */
export interface Departure {
  readonly role: unknown;
  readonly code: number;
  /** As Date.now() tells it, which all processes here have in common. */
  readonly at: number;
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
  memory(): Promise<MemoryInUse>;
  /** Open TCP connections, as Node knows them. */
  countSockets(): number;
  untilSocketsLeft(count: number): Promise<void>;
  /** Pushes `news` so many times, one in each turn of the event loop. */
  broadcast(count: number, bytes: number): Promise<void>;
  /** Looks from now on at what waits to be sent, and whether it is more than so many bytes. */
  watchWaiting(mark: number): void;
  waiting(): Waiting | undefined;
  /** Notes from now on who goes. */
  noteDepartures(): void;
  departures(): Departure[];
  /** Resolves when so many have gone. */
  untilDeparted(count: number): Promise<void>;
  /** How many requests for `hold` there are. */
  countHeld(): number;
  /** Resolves when there are so many. */
  untilHeld(count: number): Promise<void>;
  stop(): Promise<void>;
}

let app: INestApplication;
let server: SocketServer;
/** The number of the next one of the news. */
let index = 0;
let waiting: Waiting | undefined;
const departures: Departure[] = [];
const departed = new EventEmitter<{ one: [] }>();

function noteDeparture({ client, code }: SocketDisconnect): void {
  if (!client.authenticated) return;
  departures.push({ role: client.meta.role, code, at: Date.now() });
  departed.emit('one');
}

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
  roles: () => [...server.clientMap.values()].map(({ meta }) => meta.role),
  takeDelivered,
  async memory() {
    global.gc?.();
    // What was found to be garbage is freed a moment later, by other threads.
    await nextTurn();
    global.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heapUsed, external, rss };
  },
  countSockets,
  untilSocketsLeft,
  watchWaiting: (mark) => void (waiting = watchWaiting(mark)),
  waiting: () => waiting,
  noteDepartures: () => void server.disconnected$.subscribe(noteDeparture),
  departures: () => departures,
  async untilDeparted(count) {
    while (departures.length < count) await once(departed, 'one');
  },
  async broadcast(count, bytes) {
    const text = 'x'.repeat(bytes);
    for (let left = count; left > 0; left--) {
      server.broadcast('news', { index: index++, text });
      await nextTurn();
    }
  },
  countHeld,
  untilHeld,
  stop: () => app.close(),
};

serveCommands(commands);
