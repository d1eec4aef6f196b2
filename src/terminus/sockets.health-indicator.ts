import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../options/sockets.options.js';
import { SocketServer } from '../server/socket-server.js';
import { readHealth, type SocketsHealth } from './sockets-health.js';

/** When a server counts as down. A liveness check needs none of it, a readiness check `maxShare`. */
export interface SocketsHealthOptions {
  /**
   * Down when a larger share of a limit of connections than that is in use: 0.9 sends newcomers elsewhere
   * before they are refused.
   * @default none: the share is only told
   */
  maxShare?: number;
  /**
   * Down while the engine is away. Without it the node counts as degraded, since it serves its own clients;
   * with it all nodes are down at once when their one Redis is.
   * @default false
   */
  needsEngine?: boolean;
}

/**
 * Whether the server listens, drains, can reach its engine, and how much of its limits is in use, for
 * `HealthCheckService` of `@nestjs/terminus`. List it in the `providers` of the module that checks.
 */
@Injectable()
export class SocketsHealthIndicator {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /**
   * How the server is: `down` where it does not listen, while it drains, or when a limit that was given is
   * passed.
   * @param key What the result calls it
   */
  isHealthy<const Key extends string>(
    key: Key,
    { maxShare = Infinity, needsEngine = false }: SocketsHealthOptions = {},
  ): HealthIndicatorResult<Key> {
    const server = this.moduleRef.get(SocketServer, { strict: false });
    const options = this.moduleRef.get<ResolvedSocketsOptions>(SOCKETS_OPTIONS, { strict: false });
    const health = readHealth(server, options);
    const isOpen = health.listening && !health.draining;
    const isFull = Math.max(...Object.values(health.shares)) > maxShare;
    const isAway = health.engine === 'away';
    const session = this.indicators.check(key);
    if (!isOpen || isFull || (isAway && needsEngine)) return session.down(health);
    return isAway ? degraded(session, health) : session.up(health);
  }
}

/** What the two versions of terminus have in common, and what version 12 has beside it. */
interface Session<Key extends string> {
  up(detail: object): HealthIndicatorResult<Key>;
  degraded?(detail: object): HealthIndicatorResult<Key>;
}

/** Terminus 11 knows up and down only. */
function degraded<Key extends string>(
  session: Session<Key>,
  health: SocketsHealth,
): HealthIndicatorResult<Key> {
  return session.degraded?.(health) ?? session.up(health);
}
