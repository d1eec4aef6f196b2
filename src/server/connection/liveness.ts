import type { Socket } from 'node:net';

/**
 * Whether a peer gives signs of life. Any byte that came since the last heartbeat is one; and where
 * bytes had to wait for the peer, so is that some of them are gone.
 */
export class Liveness {
  /** Whether it said goodbye: PROTOCOL-V2.md V5.9. */
  saidGoodbye = false;
  private bytesReadBefore = 0;
  private missed = 0;
  private waitedBefore = 0;
  private takenBefore = 0;

  constructor(private readonly socket: Socket) {}

  /**
   * To be called once per heartbeat interval.
   * @param isExcused The peer was not read, so its silence says nothing
   * @returns how many intervals in a row were silent
   */
  beat(isExcused: boolean): number {
    const isAlive = this.hasSent() || this.hasTaken() || isExcused;
    this.note();
    this.missed = isAlive ? 0 : this.missed + 1;
    return this.missed;
  }

  private hasSent(): boolean {
    return this.socket.bytesRead !== this.bytesReadBefore;
  }

  // What goes to an idle peer is taken by the kernel, whether or not the peer lives.
  private hasTaken(): boolean {
    if (this.waitedBefore === 0) return false;
    return this.taken !== this.takenBefore || waitingForKernel(this.socket) < this.waitedBefore;
  }

  private note(): void {
    this.bytesReadBefore = this.socket.bytesRead;
    this.takenBefore = this.taken;
    this.waitedBefore = waitingForKernel(this.socket);
  }

  /** Bytes of the writes that are done. */
  private get taken(): number {
    return this.socket.bytesWritten - this.socket.writableLength;
  }
}

/** Bytes of the write that is under way, of which the kernel takes one part after the other. */
function waitingForKernel(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: { writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? socket.writableLength;
}
