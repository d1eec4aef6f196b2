import type { Socket } from 'node:net';
import { CloseCode } from '../../protocol/close-code.js';
import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { LimitLog } from '../operations/limit-log.js';
import type { Traffic } from '../operations/traffic.js';
import type { Outbox } from './outbox.js';

const CLOSE_GRACE = 1_000;

/** What all connections of a server share. */
export interface SlowConsumerContext {
  readonly options: Pick<ResolvedSocketsOptions, 'slowConsumerPolicy' | 'limits'>;
  readonly limitLog: LimitLog;
  readonly traffic: Traffic;
}

/** What is done to a connection that does not read. */
export interface SlowConnection {
  readonly client: { readonly id: number; readonly ip: string; dropped: number };
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
  /** Above the high-water mark. */
  isSlow = false;
  /** Above the high-water mark or the hard cap, whichever is lower. */
  private isWatched = false;
  private hardCap = 0;
  private readonly waiters: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: SlowConnection,
    private readonly outbox: Outbox,
    socket: Socket,
    private readonly context: SlowConsumerContext,
  ) {
    outbox.onWritten = () => this.update();
    // For what was written before anybody watched.
    socket.on('drain', () => this.update());
  }

  /** Whether a push may be sent now. */
  admits(): boolean {
    if (!this.isSlow || this.context.options.slowConsumerPolicy === 'close') return true;
    const { id: client, ip } = this.connection.client;
    this.connection.client.dropped++;
    this.context.traffic.dropped++;
    this.context.limitLog.report({ limit: 'sendHighWaterMark', ip, client, outcome: 'dropped' });
    return false;
  }

  /** To be called when more waits than one of the limits. */
  check(): void {
    const { waitingBytes } = this.outbox;
    if (!this.isWatched) this.watch();
    else if (waitingBytes > this.hardCap) return this.cut();
    if (!this.isSlow && waitingBytes > this.context.options.limits.sendHighWaterMark) this.begin();
  }

  /** Resolves when more may be sent; at once unless the peer is slow. */
  async whenReady(): Promise<void> {
    if (this.isSlow) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  release(): void {
    this.end();
  }

  private watch(): void {
    this.isWatched = true;
    this.hardCap = this.allowance();
  }

  // What nothing waited before may be larger than the cap: then the cap is for what comes after it.
  private allowance(): number {
    const { sendHardCap } = this.context.options.limits;
    const { waitingBytes } = this.outbox;
    return waitingBytes > sendHardCap ? waitingBytes + sendHardCap : sendHardCap;
  }

  private begin(): void {
    this.isSlow = true;
    this.connection.onPaceChanged();
    if (this.context.options.slowConsumerPolicy !== 'close') return;
    const { slowConsumerTimeout } = this.context.options.limits;
    if (slowConsumerTimeout === Infinity) return;
    this.timer = setTimeout(() => this.giveUp(), slowConsumerTimeout);
  }

  /** The peer took something. */
  private update(): void {
    const { sendHighWaterMark, sendHardCap } = this.context.options.limits;
    const isStillTooMuch = this.outbox.waitingBytes > Math.min(sendHighWaterMark, sendHardCap);
    if (this.isWatched && !isStillTooMuch) this.end();
  }

  private end(): void {
    this.isWatched = false;
    clearTimeout(this.timer);
    if (!this.isSlow) return;
    this.isSlow = false;
    this.connection.onPaceChanged();
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private giveUp(): void {
    this.connection.refuse('sendHighWaterMark', CloseCode.TooSlow, 'too slow');
    // The close frame stands behind all that waits, so it may never be read.
    this.timer = setTimeout(() => this.connection.terminate(), CLOSE_GRACE);
  }

  private cut(): void {
    this.connection.refuse('sendHardCap', CloseCode.TooSlow, 'too slow');
    this.connection.terminate();
  }
}
