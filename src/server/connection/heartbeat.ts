import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { ConnectionRegistry } from './connection-registry.js';
import type { Connection } from './connection.js';

// Short enough for clients that give up after a few seconds; whoever is held back is seldom.
const HELD_BACK_INTERVAL = 1_000;

/**
 * Pings every connection once per interval, and cuts those that stay silent: PROTOCOL.md R9.1. One
 * timer serves all, and any byte from a peer is a sign of life, so messages cost nothing extra.
 *
 * A connection that is not read gets no reply to its `heartBeat` either: it is pinged more often, so
 * that it does not take this side for dead.
 */
@Injectable()
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly registry: ConnectionRegistry,
  ) {}

  /** A heartbeat is due every so many ticks, and those who are held back are pinged at each. */
  start(): void {
    const { heartBeatInterval: interval } = this.options;
    const ticksPerBeat = Math.ceil(interval / HELD_BACK_INTERVAL);
    const between = interval === Infinity ? HELD_BACK_INTERVAL : interval / ticksPerBeat;
    this.timer = setInterval(() => {
      if (++this.ticks % ticksPerBeat === 0) this.beat();
      else this.pingHeldBack();
    }, between);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    for (const connection of this.registry.all()) this.check(connection);
  }

  private pingHeldBack(): void {
    for (const connection of this.registry.all()) {
      if (isHeldBack(connection)) connection.ping();
    }
  }

  private check(connection: Connection): void {
    const missed = connection.liveness.beat(isHeldBack(connection));
    if (missed < this.options.limits.maxMissedHeartBeats) return connection.ping();
    connection.report('maxMissedHeartBeats', 'cut');
    connection.terminate();
  }
}

/** Whether this side does not read, for reasons of its own: a peer that does not take is no such. */
function isHeldBack({ intake, sender }: Connection): boolean {
  return intake.isPaused && !sender.isSlow;
}
