import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { SocketsLimits } from '../../protocol/limits.js';
import { networkOf } from './peer-address.js';

interface Counts {
  total: number;
  unauthenticated: number;
}

const NOBODY: Readonly<Counts> = { total: 0, unauthenticated: 0 };

/** The place that one connection takes from the upgrade request to its end. */
export class ConnectionPlace {
  /** Whether a connection was made of the request; until then it ends with its TCP socket. */
  isTaken = false;
  private isUnauthenticated = true;
  private keptUntil = 0;
  private hasLeft = false;

  constructor(
    readonly ip: string,
    private readonly counts: ConnectionCounts,
  ) {}

  /** It no longer counts as unauthenticated. */
  authenticated(): void {
    if (!this.isUnauthenticated) return;
    this.isUnauthenticated = false;
    this.counts.add(this.ip, 0, -1);
  }

  /** It stays taken for so many ms, even if the peer leaves sooner to try again. */
  keepFor(time: number): void {
    this.keptUntil = performance.now() + time;
  }

  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    const remaining = this.keptUntil - performance.now();
    if (remaining > 0) setTimeout(() => this.free(), remaining).unref();
    else this.free();
  }

  private free(): void {
    this.counts.add(this.ip, -1, this.isUnauthenticated ? -1 : 0);
  }
}

/** Counts connections, in all and by address, against their limits. */
@Injectable()
export class ConnectionCounts {
  private readonly all: Counts = { ...NOBODY };
  private readonly byNetwork = new Map<string, Counts>();
  private readonly limits: SocketsLimits;
  /** Whoever waits for one, for an unauthenticated connection to come, hears of it. */
  onPlaceFree: (() => void) | undefined;

  constructor(@Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions) {
    this.limits = limits;
  }

  /** The limit that one more connection from this address would exceed, if any. */
  exceededBy(ip: string): keyof SocketsLimits | undefined {
    const { limits, all } = this;
    const { total, unauthenticated } = this.byNetwork.get(networkOf(ip)) ?? NOBODY;
    if (all.total >= limits.maxConnections) return 'maxConnections';
    if (total >= limits.maxConnectionsPerIp) return 'maxConnectionsPerIp';
    if (unauthenticated >= limits.maxUnauthenticatedConnectionsPerIp) {
      return 'maxUnauthenticatedConnectionsPerIp';
    }
    if (all.unauthenticated >= limits.maxUnauthenticatedConnections) {
      return 'maxUnauthenticatedConnections';
    }
    return undefined;
  }

  enter(ip: string): ConnectionPlace {
    this.add(ip, 1, 1);
    return new ConnectionPlace(ip, this);
  }

  /** To be called by a `ConnectionPlace` alone. */
  add(ip: string, total: number, unauthenticated: number): void {
    const network = networkOf(ip);
    const own = this.byNetwork.get(network) ?? { ...NOBODY };
    change(this.all, total, unauthenticated);
    change(own, total, unauthenticated);
    if (own.total === 0) this.byNetwork.delete(network);
    else this.byNetwork.set(network, own);
    if (unauthenticated < 0) this.onPlaceFree?.();
  }
}

function change(counts: Counts, total: number, unauthenticated: number): void {
  counts.total += total;
  counts.unauthenticated += unauthenticated;
}
