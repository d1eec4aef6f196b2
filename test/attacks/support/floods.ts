import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ClientHandshake } from '../../../src/envelope/noise-handshake.js';
import { Opcode, rawFrame } from './raw-frame.js';
import { RawSocket, upgradeRequest, type Target } from './raw-socket.js';
import { beginHandshake, offer } from './v2-peer.js';

/** Floods the target until the signal fires, and resolves with how often it did what it does. */
export type Flood = (target: Target, signal: AbortSignal) => Promise<number>;

const CONNECTIONS_AT_ONCE = 20;
const SESSIONS_AT_ONCE = 50;
const FRAMES_PER_WRITE = 100;
const HELD_CONNECTIONS = 2_000;
const NEARLY_1_MIB = 1_000_000;
const UNREAD_FOR = 200;
const DRIPS_AT_ONCE = 200;
const DRIP_INTERVAL = 100;

/** What a single peer can do as fast as it can. */
export const FLOODS = {
  'bad frames': overConnections(async ({ port }) => {
    const peer = await RawSocket.open(port);
    peer.write(rawFrame({ payload: randomBytes(64) }));
    await peer.ended;
    return 1;
  }),

  'unauthenticated connections': overConnections(async ({ port }) => {
    const peer = await RawSocket.open(port);
    peer.destroy();
    return 1;
  }),

  'unauthenticated connections that stay': holding(async ({ port }) => {
    const peer = await RawSocket.open(port);
    return peer.socket;
  }),

  'TCP connections that say nothing': holding(async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }),

  'upgrade requests that never end': dripping,

  'wrong keys': overConnections(async ({ port }) => {
    const peer = await RawSocket.open(port);
    await peer.authenticate('not the key of this server').catch(() => undefined);
    return 1;
  }),

  // An unknown key id, which costs as much as a wrong key: what tells them apart would tell strangers.
  'hellos of version 2 under a wrong key': sayingHello(async () => {
    const keys = { keyId: 'nobody', psk: randomBytes(32) };
    return new ClientHandshake({ pattern: 'NNpsk0', ...keys }).hello;
  }),

  'hellos of version 2 that are none': sayingHello(
    async () => `hello.${randomBytes(120).toString('base64url')}`,
  ),

  'handshakes of version 2': sayingHello(
    async ({ authKey }) => (await beginHandshake(authKey)).hello,
  ),

  pings: overSession(() => Buffer.concat(repeat(rawFrame({ opcode: Opcode.Ping }), 1_000)), 1_000),

  'pings, one at a time': overSession(() => rawFrame({ opcode: Opcode.Ping, payload: 'x' }), 1),

  'big messages': overSession(
    (peer) => peer.sealed({ request: 'deliver', data: 'x'.repeat(NEARLY_1_MIB) }),
    1,
  ),

  'messages that are too big': overSession(() => rawFrame({ announcedLength: 2 ** 30 }), 1),

  'deep JSON': overSession(
    (peer) => peer.sealedText(`{"request":"deliver","data":${nested(NEARLY_1_MIB / 2)}}`),
    1,
  ),

  'small requests': overSession(
    (peer) => sealMany(peer, (id) => ({ request: 'echo', id, data: 'x' })),
    FRAMES_PER_WRITE,
  ),

  'small requests over many sessions': overSessions((peer) =>
    sealMany(peer, (id) => ({ request: 'echo', id, data: 'x' })),
  ),

  'requests for big replies that nobody reads': withoutReading(1),

  'requests for big replies that nobody reads over many sessions':
    withoutReading(CONNECTIONS_AT_ONCE),

  'requests for handlers that do not exist': overSession(
    (peer) => sealMany(peer, (id) => ({ request: `nobody${id}`, id })),
    FRAMES_PER_WRITE,
  ),
} satisfies Record<string, Flood>;

export type FloodName = keyof typeof FLOODS;

export const FLOOD_NAMES = Object.keys(FLOODS) as FloodName[];

/** Many connections at once, each made anew when it ends. */
function overConnections(
  attempt: (target: Target, signal: AbortSignal) => Promise<number>,
  connectionsAtOnce = CONNECTIONS_AT_ONCE,
): Flood {
  return async (target, signal) => {
    let count = 0;
    const work = async (): Promise<void> => {
      // Refused connections are part of it. Who was told to stop before it could begin does so once.
      do {
        const done = await attempt(target, signal).catch(() => 1);
        count += done;
      } while (!signal.aborted);
    };
    await Promise.all(Array.from({ length: connectionsAtOnce }, work));
    return count;
  };
}

/** The same hello again and again, which costs the server as much as one that is new. */
function sayingHello(hello: (target: Target) => Promise<string>): Flood {
  return async (target, signal) => {
    const request = upgradeRequest(target.port, offer(await hello(target)));
    return overConnections(async ({ port }) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).write(request);
      // Those who are told nothing do not wait for it.
      const late = delay(UNREAD_FOR, undefined, { signal }).catch(() => undefined);
      await Promise.race([once(socket, 'data'), once(socket, 'close'), late]);
      socket.resetAndDestroy();
      return 1;
    })(target, signal);
  };
}

/** The same over many authenticated connections at once. */
function overSessions(bytes: (peer: RawSocket) => Buffer): Flood {
  const flood = overSession(bytes, FRAMES_PER_WRITE);
  return async (target, signal) => {
    const floods = Array.from({ length: SESSIONS_AT_ONCE }, () => flood(target, signal));
    return (await Promise.all(floods)).reduce((sum, count) => sum + count, 0);
  };
}

/** Sessions that ask for far more than they read, each left when the server must have acted. */
function withoutReading(sessionsAtOnce: number): Flood {
  return overConnections(async (target, signal) => {
    const peer = await RawSocket.session(target);
    peer.socket.pause();
    const request = { request: 'big', data: NEARLY_1_MIB };
    peer.write(sealMany(peer, (id) => ({ ...request, id })));
    await delay(UNREAD_FOR, undefined, { signal }).catch(() => undefined);
    peer.destroy();
    return FRAMES_PER_WRITE;
  }, sessionsAtOnce);
}

/** Request heads that come line by line: each keeps a connection as long as the server waits. */
async function dripping({ port }: Target, signal: AbortSignal): Promise<number> {
  const sockets = new Set<Socket>();
  let count = 0;
  while (!signal.aborted) {
    for (let opened = 0; opened < DRIPS_AT_ONCE && sockets.size < HELD_CONNECTIONS; opened++) {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n'));
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
      sockets.add(socket);
      count++;
    }
    for (const socket of sockets) socket.write('X-More: 1\r\n');
    await delay(DRIP_INTERVAL);
  }
  for (const socket of sockets) socket.destroy();
  return count;
}

/** As many connections as the target lets in, all kept. */
function holding(open: (target: Target) => Promise<{ destroy(): void }>): Flood {
  return async (target, signal) => {
    const held: { destroy(): void }[] = [];
    let count = 0;
    while (!signal.aborted) {
      if (held.length >= HELD_CONNECTIONS) held.shift()?.destroy();
      await open(target).then(
        (socket) => held.push(socket),
        () => undefined,
      );
      count++;
    }
    for (const socket of held) socket.destroy();
    return count;
  };
}

/** One authenticated connection as fast as TCP lets it, made anew when it is cut. */
function overSession(bytes: (peer: RawSocket) => Buffer, messagesPerWrite: number): Flood {
  return async (target, signal) => {
    let count = 0;
    while (!signal.aborted) {
      const peer = await RawSocket.session(target).catch(() => undefined);
      // A machine that is busy may have been told to stop before it could begin: then it does so once.
      for (;;) {
        if (!peer?.isOpen) break;
        peer.write(bytes(peer));
        count += messagesPerWrite;
        await peer.writable();
        if (signal.aborted) break;
        // Lets what came in be read, for example that the connection was closed.
        await new Promise(setImmediate);
      }
      peer?.destroy();
    }
    return count;
  };
}

function sealMany(peer: RawSocket, message: (id: number) => object): Buffer {
  return Buffer.concat(
    Array.from({ length: FRAMES_PER_WRITE }, (_, id) => peer.sealed(message(id))),
  );
}

function repeat(bytes: Buffer, count: number): Buffer[] {
  return Array<Buffer>(count).fill(bytes);
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}
