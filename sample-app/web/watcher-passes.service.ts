import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HALL_OPTIONS, type HallOptions } from '../hall/hall.options.js';

const LIFETIME = 10 * 60_000;

/**
 * The tokens with which pages are let in to watch. They are signed and not remembered, so that any
 * server of the hall takes what another one issued.
 */
@Injectable()
export class WatcherPasses {
  constructor(@Inject(HALL_OPTIONS) private readonly options: HallOptions) {}

  issue(): string {
    const claim = `${Date.now() + LIFETIME}.${randomBytes(12).toString('base64url')}`;
    return `${claim}.${this.sign(claim).toString('base64url')}`;
  }

  /** When a token expires, in milliseconds since 1970; undefined for one that is none, or no longer. */
  expiryOf(token: unknown): number | undefined {
    const [, claim, time, signature] = /^((\d+)\.[\w-]+)\.([\w-]+)$/.exec(String(token)) ?? [];
    if (claim === undefined || !this.isSigned(claim, signature!)) return undefined;
    const expires = Number(time);
    return expires > Date.now() ? expires : undefined;
  }

  private isSigned(claim: string, signature: string): boolean {
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(claim);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private sign(claim: string): Buffer {
    return createHmac('sha256', this.options.authKey).update(`watcher pass ${claim}`).digest();
  }
}
