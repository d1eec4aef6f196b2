import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** What is on the TCP sockets of a server, counted by Node and not by what is being tested. */
export interface SocketsSeen {
  /** Open sockets. */
  readonly open: number;
  /** The bytes that wait to be sent on the socket where most of them wait. */
  readonly mostWaiting: number;
}

const sockets = new Set<Socket>();

subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket };
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

export function seeSockets(): SocketsSeen {
  const waiting = [...sockets].map(({ writableLength }) => writableLength);
  return { open: sockets.size, mostWaiting: Math.max(0, ...waiting) };
}
