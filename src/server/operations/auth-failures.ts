import { Inject, Injectable } from '@nestjs/common';
import { CloseCode } from '../../protocol/close-code.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { networkOf } from './peer-address.js';

const ONE_MINUTE = 60_000;
const MAX_ADDRESSES = 10_000;

/**
 * Remembers when peers of an address were told that their authentication failed. Past the limit nobody
 * else of it is told within the minute, so that guessing keys gets nowhere fast; whoever has the key
 * is let in all the same, since everybody may be behind one address.
 */
@Injectable()
export class AuthFailures {
  /** Oldest first. */
  private readonly toldAt = new Map<string, number[]>();
  private readonly limit: number;

  constructor(@Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions) {
    this.limit = options.limits.maxAuthFailuresPerMinute;
  }

  /** Whether to be closed with that code tells that a guess was wrong. */
  isOne(code: number): boolean {
    // A guess may make the handler throw; with encryption, who comes that far has the key.
    if (code === CloseCode.InternalError) return !this.options.encryption;
    return code === CloseCode.Unauthorized || code === CloseCode.BadFrame;
  }

  /** A peer of this address was told. */
  note(ip: string): void {
    if (this.limit === Infinity) return;
    const times = this.recentOf(networkOf(ip)) ?? this.start(networkOf(ip));
    times.push(performance.now());
  }

  hasTooMany(ip: string): boolean {
    const times = this.recentOf(networkOf(ip));
    return times !== undefined && times.length >= this.limit;
  }

  private recentOf(network: string): number[] | undefined {
    const times = this.toldAt.get(network);
    if (times === undefined) return undefined;
    const minuteAgo = performance.now() - ONE_MINUTE;
    while (times.length > 0 && times[0]! <= minuteAgo) times.shift();
    if (times.length > 0) return times;
    this.toldAt.delete(network);
    return undefined;
  }

  private start(network: string): number[] {
    // Forgets the address that was added first, rather than remember without bound.
    const [oldest] = this.toldAt.keys();
    if (this.toldAt.size >= MAX_ADDRESSES && oldest !== undefined) this.toldAt.delete(oldest);
    const times: number[] = [];
    this.toldAt.set(network, times);
    return times;
  }
}
