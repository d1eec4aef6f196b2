import type { ClientPlatform } from './client-platform.js';

/**
 * Keeps the order in which messages came, also for those who await replies: a hook runs only after
 * whoever awaited an earlier reply has gone on, though both may have come in one packet.
 *
 * Replies alone never wait here, and cost nothing.
 */
export class ArrivalOrder {
  constructor(private readonly afterTurn: ClientPlatform['afterTurn']) {}

  /** Whether a reply was given to somebody who may not have gone on yet. */
  hasReplied = false;
  private waiting: (() => void)[] | undefined;
  private isOver = false;

  /** Whether what comes now has to wait for what came before. */
  get mustWait(): boolean {
    return this.waiting !== undefined;
  }

  replied(): void {
    this.hasReplied = true;
  }

  /** Has an action wait until those who got replies have gone on. */
  defer(action: () => void): void {
    if (this.isOver) return;
    this.waiting = [action];
    queueMicrotask(() => this.afterTurn(() => this.goOn()));
  }

  /** Has an action wait for those that do already. */
  add(action: () => void): void {
    this.waiting?.push(action);
  }

  /** Forgets what waits, for good. */
  end(): void {
    this.isOver = true;
    this.waiting = undefined;
  }

  private goOn(): void {
    const actions = this.waiting ?? [];
    this.waiting = undefined;
    this.hasReplied = false;
    for (const action of actions) {
      if (this.isOver) return;
      // One before it may have been a reply again.
      if (this.mustWait) this.add(action);
      else action();
    }
  }
}
