import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { EventRate } from './event-rate.js';

const ONE_MINUTE = 60_000;
const MAX_ADDRESSES = 10_000;

/** Counts failed authentications by IP address, so that guessing keys gets nowhere fast. */
@Injectable()
export class AuthFailures {
  private readonly byIp = new Map<string, EventRate>();
  private readonly limit: number;

  constructor(@Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions) {
    this.limit = limits.maxAuthFailuresPerMinute;
  }

  note(ip: string): void {
    if (this.limit === Infinity) return;
    const rate = this.byIp.get(ip) ?? this.start(ip);
    rate.countWithin(ONE_MINUTE);
  }

  hasTooMany(ip: string): boolean {
    const rate = this.byIp.get(ip);
    if (rate === undefined) return false;
    const failures = rate.countOf(ONE_MINUTE);
    if (failures === 0) this.byIp.delete(ip);
    return failures >= this.limit;
  }

  private start(ip: string): EventRate {
    // Forgets the address that was added first, rather than remember without bound.
    const [oldest] = this.byIp.keys();
    if (this.byIp.size >= MAX_ADDRESSES && oldest !== undefined) this.byIp.delete(oldest);
    const rate = new EventRate();
    this.byIp.set(ip, rate);
    return rate;
  }
}
