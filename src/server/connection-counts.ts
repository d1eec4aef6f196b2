import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import type { SocketsLimits } from '../protocol/limits.js';

interface Counts {
  total: number;
  unauthenticated: number;
}

/** The place that one connection takes from the upgrade request to the end of its TCP socket. */
export interface ConnectionPlace {
  readonly ip: string;
  /** It no longer counts as unauthenticated. */
  authenticated(): void;
  leave(): void;
}

/** Counts connections, in all and by IP address, against their limits. */
@Injectable()
export class ConnectionCounts {
  readonly all: Counts = { total: 0, unauthenticated: 0 };
  private readonly byIp = new Map<string, Counts>();
  private readonly limits: SocketsLimits;

  constructor(@Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions) {
    this.limits = limits;
  }

  /** The limit that one more connection from this address would exceed, if any. */
  exceededBy(ip: string): keyof SocketsLimits | undefined {
    const { limits, all } = this;
    const { total, unauthenticated } = this.byIp.get(ip) ?? { total: 0, unauthenticated: 0 };
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
    let isUnauthenticated = true;
    this.add(ip, 1, 1);
    return {
      ip,
      authenticated: () => {
        if (isUnauthenticated) this.add(ip, 0, -1);
        isUnauthenticated = false;
      },
      leave: () => this.add(ip, -1, isUnauthenticated ? -1 : 0),
    };
  }

  private add(ip: string, total: number, unauthenticated: number): void {
    const own = this.byIp.get(ip) ?? { total: 0, unauthenticated: 0 };
    for (const counts of [this.all, own]) {
      counts.total += total;
      counts.unauthenticated += unauthenticated;
    }
    if (own.total === 0) this.byIp.delete(ip);
    else this.byIp.set(ip, own);
  }
}
