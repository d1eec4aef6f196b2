import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

const LIFETIME = 10 * 60_000;
const MAX_PASSES = 1_000;

/** The tokens with which pages are let in to watch. */
@Injectable()
export class WatcherPasses {
  /** When each expires, in milliseconds since 1970, the oldest first. */
  private readonly expiries = new Map<string, number>();

  issue(): string {
    this.makeRoom();
    const token = randomBytes(16).toString('base64url');
    this.expiries.set(token, Date.now() + LIFETIME);
    return token;
  }

  /** When a token expires; undefined for one that is none, or no longer. */
  expiryOf(token: unknown): number | undefined {
    const expires = typeof token === 'string' ? this.expiries.get(token) : undefined;
    return expires !== undefined && expires > Date.now() ? expires : undefined;
  }

  private makeRoom(): void {
    for (const [token, expires] of this.expiries) {
      if (expires > Date.now() && this.expiries.size < MAX_PASSES) return;
      this.expiries.delete(token);
    }
  }
}
