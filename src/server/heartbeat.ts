import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { ConnectionRegistry } from './connection-registry.js';
import type { Connection } from './connection.js';

/**
 * Pings every connection once per interval, and cuts those that stay silent: PROTOCOL.md R9.1. One
 * timer serves all, and any byte from a peer is a sign of life, so messages cost nothing extra.
 */
@Injectable()
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly registry: ConnectionRegistry,
  ) {}

  start(): void {
    const { heartBeatInterval } = this.options;
    if (heartBeatInterval === Infinity) return;
    this.timer = setInterval(() => this.beat(), heartBeatInterval);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    for (const connection of this.registry.all()) this.check(connection);
  }

  private check(connection: Connection): void {
    const missed = connection.countMissedBeats();
    if (missed < this.options.limits.maxMissedHeartBeats) return connection.ping();
    connection.report('maxMissedHeartBeats', 'cut');
    connection.terminate();
  }
}
