import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';

const WATCH_INTERVAL = 2;

/** What waited to be sent. */
export interface Waiting {
  /** On the socket where most waited. */
  mostBytes: number;
  /** For each socket that was closed with more than the mark waiting: for how many milliseconds. */
  readonly cutAfter: number[];
}

const changes = new EventEmitter<{ closed: [] }>();
const sockets = new Set<Socket>();

// Counted by Node, and not by what is being tested.
subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket };
  sockets.add(socket);
  socket.once('close', () => {
    sockets.delete(socket);
    changes.emit('closed');
  });
});

export function countSockets(): number {
  return sockets.size;
}

/** Resolves when no more than so many TCP connections are left. */
export async function untilSocketsLeft(count: number): Promise<void> {
  while (sockets.size > count) await once(changes, 'closed');
}

/** Looks from now on at what waits, every few milliseconds. */
export function watchWaiting(mark: number): Waiting {
  const waiting: Waiting = { mostBytes: 0, cutAfter: [] };
  const overMarkSince = new Map<Socket, number>();
  const note = (socket: Socket): void => {
    const { writableLength } = socket;
    waiting.mostBytes = Math.max(waiting.mostBytes, writableLength);
    if (writableLength <= mark) return void overMarkSince.delete(socket);
    if (overMarkSince.has(socket)) return;
    const since = performance.now();
    overMarkSince.set(socket, since);
    socket.once('close', () => {
      if (overMarkSince.get(socket) === since) waiting.cutAfter.push(performance.now() - since);
    });
  };
  setInterval(() => sockets.forEach(note), WATCH_INTERVAL);
  return waiting;
}
