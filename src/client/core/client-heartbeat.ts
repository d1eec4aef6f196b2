import type { ClientPlatform } from './client-platform.js';

const MISSED_INTERVALS = 2;

/** The connection that is kept alive. */
export interface HeartbeatConnection {
  /** All that ever came. */
  readonly bytesRead: number;
  /** Returns false for a connection that is about to end: then nothing more is to be done. */
  heartBeat(): boolean;
  /** Shows the server that this side lives, whatever it is busy with. */
  pong(): void;
  /** The server gives no sign of life. */
  cut(): void;
}

/**
 * Sends heartbeats, each after the reply to the last one, and cuts the connection when none came and
 * nothing else either: PROTOCOL.md R5.9 and R9.2.
 */
export class ClientHeartbeat {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private cancelLastChance: (() => void) | undefined;
  private bytesAtLastCheck = 0;
  private silentIntervals = 0;

  constructor(
    private interval: number,
    private readonly connection: HeartbeatConnection,
    private readonly afterReads: ClientPlatform['afterReads'],
  ) {}

  /** The server wishes one at least that often: PROTOCOL-V2.md V4.5. */
  bound(interval: number): void {
    this.interval = Math.min(this.interval, interval);
  }

  start(): void {
    this.wait(() => this.beat());
  }

  /** The server answered. */
  answered(): void {
    this.stop();
    this.start();
  }

  /** Asks at once, and gives the server one interval: what was silent may have been lost unnoticed. */
  probe(): void {
    this.stop();
    this.beat();
    this.silentIntervals = MISSED_INTERVALS - 1;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.cancelLastChance?.();
  }

  private wait(action: () => void): void {
    if (this.interval !== Infinity) this.timer = setTimeout(action, this.interval);
  }

  private beat(): void {
    this.bytesAtLastCheck = this.connection.bytesRead;
    this.silentIntervals = 0;
    if (this.connection.heartBeat()) this.wait(() => this.check());
  }

  /** The reply may stand behind much that is on its way, in either direction. */
  private check(): void {
    const { bytesRead } = this.connection;
    this.silentIntervals = bytesRead === this.bytesAtLastCheck ? this.silentIntervals + 1 : 0;
    this.bytesAtLastCheck = bytesRead;
    if (this.silentIntervals >= MISSED_INTERVALS) return this.askOnceMore();
    this.connection.pong();
    this.wait(() => this.check());
  }

  // A process that was busy has not read yet what came meanwhile: it does so before this.
  private askOnceMore(): void {
    this.cancelLastChance = this.afterReads(() => {
      if (this.connection.bytesRead === this.bytesAtLastCheck) this.connection.cut();
      else this.check();
    });
  }
}
