import type { ResolvedSocketsOptions } from '../options/sockets.options.js';
import type { SocketServer } from '../server/socket-server.js';

/** How a server is. */
export interface SocketsHealth extends Record<string, unknown> {
  readonly listening: boolean;
  /** Whether it is about to stop: those who are there are served, and nobody else. */
  readonly draining: boolean;
  /** `none` for a process of its own. */
  readonly engine: 'none' | 'available' | 'away';
  readonly connections: number;
  /** From 0 to 1: how much of each limit is in use. */
  readonly shares: {
    readonly maxConnections: number;
    readonly maxUnauthenticatedConnections: number;
  };
}

export function readHealth(server: SocketServer, options: ResolvedSocketsOptions): SocketsHealth {
  const { connections, authenticated, cluster } = server.stats();
  const { maxConnections, maxUnauthenticatedConnections } = options.limits;
  const available = cluster.isAvailable ? 'available' : 'away';
  return {
    listening: server.address() !== null,
    draining: server.isDraining,
    engine: options.engine.isShared ? available : 'none',
    connections,
    shares: {
      maxConnections: share(connections, maxConnections),
      maxUnauthenticatedConnections: share(
        connections - authenticated,
        maxUnauthenticatedConnections,
      ),
    },
  };
}

/** Of no limit nothing is in use. */
function share(used: number, limit: number): number {
  return Math.round((used / limit) * 1_000) / 1_000;
}
