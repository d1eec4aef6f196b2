import type { Socket } from 'node:net';
import { refuse, type Refusal } from './pending-upgrades.js';

/**
 * Upgrades of a shared HTTP server to paths that are not ours. They are left to its other users; what
 * none of them has taken after a while is answered, since Node itself leaves it open for ever.
 */
export class UnclaimedUpgrades {
  private readonly timers = new Map<Socket, NodeJS.Timeout>();

  add(socket: Socket, time: number, refusal: Refusal): void {
    const timer = setTimeout(() => this.end(socket, refusal), time);
    this.timers.set(socket, timer);
    socket.once('close', () => this.forget(socket));
  }

  endAll(refusal: Refusal): void {
    for (const socket of this.timers.keys()) this.end(socket, refusal);
  }

  private end(socket: Socket, refusal: Refusal): void {
    this.forget(socket);
    if (isUntouched(socket)) refuse(socket, refusal);
  }

  private forget(socket: Socket): void {
    clearTimeout(this.timers.get(socket));
    this.timers.delete(socket);
  }
}

/** Nobody has answered, and nobody reads: somebody who asks elsewhere first would do that. */
function isUntouched(socket: Socket): boolean {
  return (
    socket.bytesWritten === 0 &&
    socket.listenerCount('data') + socket.listenerCount('readable') === 0
  );
}
