const MISSED_INTERVALS = 2;

/** Sends heartbeats, each after the reply to the last one: PROTOCOL.md R5.9 and R9.2. */
export class ClientHeartbeat {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly interval: number,
    private readonly send: () => void,
    private readonly onDead: () => void,
  ) {}

  start(): void {
    if (this.interval === Infinity) return;
    this.timer = setTimeout(() => this.beat(), this.interval);
  }

  /** The server answered. */
  answered(): void {
    this.stop();
    this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private beat(): void {
    this.send();
    this.timer = setTimeout(() => this.onDead(), this.interval * MISSED_INTERVALS);
  }
}
