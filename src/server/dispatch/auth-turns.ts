import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { DEFAULT_LIMITS } from '../../protocol/limits.js';
import { AuthFailures } from '../operations/auth-failures.js';
import { networkOf } from '../operations/peer-address.js';

const ONE_MINUTE = 60_000;

/** Whoever waits at one address for the `auth` handler, in order. */
type Line = (() => void)[];

/**
 * Has the peers of an address that failed too often asked one at a time, with a pause after each that
 * fails again. Only without encryption: with it, whoever comes so far has the key, and what does not
 * open needs no handler.
 */
@Injectable()
export class AuthTurns {
  private readonly lines = new Map<string, Line>();
  private readonly pause: number;
  private readonly isNeeded: boolean;
  private readonly timeout: number;

  constructor(
    @Inject(SOCKETS_OPTIONS) { encryption, limits }: ResolvedSocketsOptions,
    private readonly failures: AuthFailures,
  ) {
    this.pause = ONE_MINUTE / limits.maxAuthFailuresPerMinute;
    this.isNeeded = !encryption;
    this.timeout = Math.min(limits.authTimeout, DEFAULT_LIMITS.authTimeout);
  }

  /** Whether peers of the address must `take` turns now. */
  apply(ip: string): boolean {
    if (!this.isNeeded) return false;
    return this.lines.has(networkOf(ip)) || this.failures.hasTooMany(ip);
  }

  /**
   * Has a peer wait for its turn, which ends with its attempt, or when its time is over.
   * @param attempt Resolves with whether it has failed
   */
  async take(ip: string, attempt: () => Promise<boolean>): Promise<void> {
    await this.begin(ip);
    let end = (hasFailed: boolean): void => {
      clearTimeout(late);
      end = () => undefined;
      this.end(ip, hasFailed);
    };
    const late = setTimeout(() => end(true), this.timeout).unref();
    end(await attempt().catch(() => true));
  }

  private async begin(ip: string): Promise<void> {
    const line = this.lines.get(networkOf(ip));
    if (line) await new Promise<void>((resolve) => line.push(resolve));
    else this.lines.set(networkOf(ip), []);
  }

  private end(ip: string, hasFailed: boolean): void {
    if (hasFailed) setTimeout(() => this.callNext(networkOf(ip)), this.pause).unref();
    else this.callNext(networkOf(ip));
  }

  private callNext(network: string): void {
    const next = this.lines.get(network)?.shift();
    if (next) next();
    else this.lines.delete(network);
  }
}
