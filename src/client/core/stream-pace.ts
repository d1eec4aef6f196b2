/**
 * Gives the server credit for as many values of a stream as its consumer takes: PROTOCOL.md R5.13. A
 * server that has not said that it counts would take that for a request, so it gets none.
 */
export class StreamPace {
  private takenSinceGrant = 0;
  private isCounted = false;

  constructor(
    /** How many values may be on their way or wait. */
    private readonly window: number,
    private readonly grant: (credit: number) => void,
  ) {}

  /** The server counts. */
  begin(): void {
    this.isCounted = true;
    this.goOn();
  }

  /** The consumer took a value. */
  taken(): void {
    this.takenSinceGrant++;
    this.goOn();
  }

  // Half a window at a time: seldom enough to cost little, early enough for the source not to wait.
  private goOn(): void {
    if (!this.isCounted || this.takenSinceGrant * 2 < this.window) return;
    this.grant(this.takenSinceGrant);
    this.takenSinceGrant = 0;
  }
}
