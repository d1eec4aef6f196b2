/** Until when a peer must have authenticated: option `authTimeout`. */
export class AuthDeadline {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onLate: () => void) {}

  /** Begins, again if need be. `Infinity` never ends. */
  start(milliseconds: number): void {
    this.stop();
    if (milliseconds !== Infinity) this.timer = setTimeout(this.onLate, milliseconds);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
