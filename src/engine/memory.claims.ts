import { Sweep } from './sweep.js';

/** Keys that somebody claimed, until their time is over. */
export class MemoryClaims {
  /** When each may be claimed again. */
  private readonly ends = new Map<string, number>();
  private readonly sweep = new Sweep();

  claim(key: string, ttl: number): boolean {
    const now = Date.now();
    this.sweep.ifDue(now, () => this.forgetWhatEnded(now));
    const end = this.ends.get(key);
    if (end !== undefined && now < end) return false;
    this.ends.set(key, now + ttl);
    return true;
  }

  private forgetWhatEnded(now: number): void {
    for (const [key, end] of this.ends) if (now >= end) this.ends.delete(key);
  }
}
