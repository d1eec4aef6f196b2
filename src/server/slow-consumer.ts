import type { Socket } from 'node:net';
import { CloseCode } from '../protocol/close-code.js';
import type { ConnectedClient } from './connected-client.js';
import type { ConnectionContext } from './connection.context.js';
import type { Outbox } from './outbox.js';

const CLOSE_GRACE = 1_000;

/** What is done to a connection that does not read. */
interface SlowConnection {
  readonly client: ConnectedClient;
  /** Whether it is slow has changed. */
  onPaceChanged(): void;
  refuse(limit: string, code: number, reason: string): void;
  terminate(): void;
}

/**
 * Bounds what waits for a peer that does not read: above the high-water mark the connection is not
 * read and the policy acts, past the hard cap it is cut.
 */
export class SlowConsumer {
  isSlow = false;
  private hardCap = 0;
  private readonly waiters: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: SlowConnection,
    private readonly outbox: Outbox,
    private readonly socket: Socket,
    private readonly context: ConnectionContext,
  ) {}

  /** Whether a push may be sent now. */
  admits(): boolean {
    if (!this.isSlow || this.context.options.slowConsumerPolicy === 'close') return true;
    const { id: client, ip } = this.connection.client;
    this.connection.client.dropped++;
    this.context.traffic.dropped++;
    this.context.limitLog.report({ limit: 'sendHighWaterMark', ip, client, outcome: 'dropped' });
    return false;
  }

  /** To be called when more waits than the high-water mark. */
  check(): void {
    if (!this.isSlow) this.begin();
    else if (this.outbox.waitingBytes > this.hardCap) this.cut();
  }

  /** Resolves when more may be sent; at once unless the peer is slow. */
  async whenReady(): Promise<void> {
    if (this.isSlow) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  release(): void {
    clearTimeout(this.timer);
    this.isSlow = false;
    this.wake();
  }

  private begin(): void {
    this.isSlow = true;
    this.hardCap = this.allowance();
    this.connection.onPaceChanged();
    this.socket.once('drain', () => this.end());
    if (this.context.options.slowConsumerPolicy !== 'close') return;
    const { slowConsumerTimeout } = this.context.options.limits;
    if (slowConsumerTimeout === Infinity) return;
    this.timer = setTimeout(() => this.judge(), slowConsumerTimeout);
  }

  // What nothing waited before may be larger than the cap: then the cap is for what comes after it.
  private allowance(): number {
    const { sendHardCap } = this.context.options.limits;
    const { waitingBytes } = this.outbox;
    return waitingBytes > sendHardCap ? waitingBytes + sendHardCap : sendHardCap;
  }

  private end(): void {
    this.isSlow = false;
    clearTimeout(this.timer);
    this.connection.onPaceChanged();
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private judge(): void {
    if (this.outbox.waitingBytes <= this.context.options.limits.sendHighWaterMark) {
      this.timer?.refresh();
      return;
    }
    this.connection.refuse('sendHighWaterMark', CloseCode.TooSlow, 'too slow');
    // The close frame stands behind all that waits, so it may never be read.
    this.timer = setTimeout(() => this.connection.terminate(), CLOSE_GRACE);
  }

  private cut(): void {
    this.connection.refuse('sendHardCap', CloseCode.TooSlow, 'too slow');
    this.connection.terminate();
  }
}
