import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { EventRate } from './event-rate.js';
import { networkOf } from './peer-address.js';

const ONE_MINUTE = 60_000;
const MAX_ADDRESSES = 10_000;

/** Counts failed authentications by address, so that guessing keys gets nowhere fast. */
@Injectable()
export class AuthFailures {
  private readonly byNetwork = new Map<string, EventRate>();
  private readonly limit: number;

  constructor(@Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions) {
    this.limit = limits.maxAuthFailuresPerMinute;
  }

  note(ip: string): void {
    if (this.limit === Infinity) return;
    const rate = this.byNetwork.get(networkOf(ip)) ?? this.start(networkOf(ip));
    rate.countWithin(ONE_MINUTE);
  }

  hasTooMany(ip: string): boolean {
    const rate = this.byNetwork.get(networkOf(ip));
    if (rate === undefined) return false;
    const failures = rate.countOf(ONE_MINUTE);
    if (failures === 0) this.byNetwork.delete(networkOf(ip));
    return failures >= this.limit;
  }

  private start(network: string): EventRate {
    // Forgets the address that was added first, rather than remember without bound.
    const [oldest] = this.byNetwork.keys();
    if (this.byNetwork.size >= MAX_ADDRESSES && oldest !== undefined) this.byNetwork.delete(oldest);
    const rate = new EventRate();
    this.byNetwork.set(network, rate);
    return rate;
  }
}
