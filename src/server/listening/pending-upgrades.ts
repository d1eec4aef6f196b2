import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What an upgrade request is answered: PROTOCOL.md R1.4. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Upgrades that wait, for a place or for the application's guard; each no longer than its time. */
export class PendingUpgrades {
  private readonly waiting = new Map<Socket, () => void>();

  /**
   * @param onEnd Told when it waits no longer though nobody took it: its time is over, or its peer gone
   */
  add(socket: Socket, time: number, onEnd: (reason: 'late' | 'gone') => void): void {
    const end = (reason: 'late' | 'gone') => this.take(socket) && onEnd(reason);
    const timer = time === Infinity ? undefined : setTimeout(() => end('late'), time);
    const gone = () => end('gone');
    socket.on('error', ignore).on('close', gone).on('end', cut);
    this.waiting.set(socket, () => {
      clearTimeout(timer);
      socket.off('close', gone).off('end', cut);
    });
  }

  /** Takes an upgrade out, to decide about it. Returns false when it waits no longer. */
  take(socket: Socket): boolean {
    const stop = this.waiting.get(socket);
    if (!stop) return false;
    this.waiting.delete(socket);
    stop();
    return true;
  }

  refuseAll(refusal: Refusal): void {
    for (const socket of this.waiting.keys()) {
      this.take(socket);
      refuse(socket, refusal);
    }
  }
}

export function refuse(socket: Socket, { status, message }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.on('error', ignore);
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

// The HTTP server leaves the other half open.
function cut(this: Socket): void {
  this.destroy();
}

function ignore(): void {
  // A peer that goes away during the upgrade concerns nobody.
}
