const INTERVAL = 60_000;

/** Says when to look for what is over: now and then while there is work, without a timer. */
export class Sweep {
  private nextAt = 0;

  ifDue(now: number, action: () => void): void {
    if (now < this.nextAt) return;
    this.nextAt = now + INTERVAL;
    action();
  }
}
