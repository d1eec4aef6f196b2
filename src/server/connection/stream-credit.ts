/** How many more values of one stream its peer wants for now: PROTOCOL.md R5.13. */
export class StreamCredit {
  private readonly waiters: (() => void)[] = [];
  /** Called when there is more. */
  onGranted: (() => void) | undefined;

  constructor(public left: number) {}

  get isThere(): boolean {
    return this.left > 0;
  }

  /** Spends one. Returns false when there is none. */
  take(): boolean {
    if (!this.isThere) return false;
    this.left--;
    return true;
  }

  grant(more: number): void {
    this.left = Math.min(this.left + more, Number.MAX_SAFE_INTEGER);
    this.onGranted?.();
    if (this.isThere) for (const wake of this.waiters.splice(0)) wake();
  }

  async whenThere(): Promise<void> {
    while (!this.isThere) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }
}
