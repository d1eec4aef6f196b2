import { Inject, Injectable } from '@nestjs/common';
import type { Socket } from 'node:net';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { ConnectionCounts } from '../operations/connection-counts.js';
import { networkOf } from '../operations/peer-address.js';
import { PendingUpgrades, type Refusal } from './pending-upgrades.js';

/** How many upgrades may wait for each connection that may be unauthenticated. */
export const WAITING_FOR_EACH_PLACE = 10;

interface Waiting {
  readonly ip: string;
  readonly goOn: () => void;
}

/**
 * Where upgrades wait while as many connections as may be have not authenticated. All workers of one
 * address may come back in the same instant: each is let in as soon as one before it has authenticated.
 */
@Injectable()
export class UpgradeLine {
  private readonly pending = new PendingUpgrades();
  /** Oldest first. */
  private readonly waiting = new Map<Socket, Waiting>();
  private readonly byNetwork = new Map<string, number>();
  private isCalling = false;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly counts: ConnectionCounts,
  ) {
    counts.onPlaceFree = () => this.callSoon();
  }

  /** Whether one more may wait. */
  hasRoomFor(ip: string): boolean {
    const { limits } = this.options;
    const own = this.byNetwork.get(networkOf(ip)) ?? 0;
    return (
      own < limits.maxUnauthenticatedConnectionsPerIp * WAITING_FOR_EACH_PLACE &&
      this.waiting.size < limits.maxUnauthenticatedConnections * WAITING_FOR_EACH_PLACE
    );
  }

  /** Waits, as long as others have to authenticate. */
  wait(socket: Socket, ip: string, goOn: () => void, onLate: () => void): void {
    this.waiting.set(socket, { ip, goOn });
    this.count(ip, 1);
    this.pending.add(socket, this.options.limits.authTimeout, (reason) => {
      this.leave(socket, ip);
      if (reason === 'late') onLate();
    });
  }

  refuseAll(refusal: Refusal): void {
    this.pending.refuseAll(refusal);
    this.waiting.clear();
    this.byNetwork.clear();
  }

  // Once in a turn of the event loop, however many places become free in it.
  private callSoon(): void {
    if (this.isCalling || this.waiting.size === 0) return;
    this.isCalling = true;
    setImmediate(() => {
      this.isCalling = false;
      this.call();
    });
  }

  private call(): void {
    for (const [socket, { ip, goOn }] of this.waiting) {
      if (this.counts.exceededBy(ip) !== undefined) continue;
      this.leave(socket, ip);
      if (this.pending.take(socket)) goOn();
    }
  }

  private leave(socket: Socket, ip: string): void {
    this.waiting.delete(socket);
    this.count(ip, -1);
  }

  private count(ip: string, change: number): void {
    const network = networkOf(ip);
    const waiting = (this.byNetwork.get(network) ?? 0) + change;
    if (waiting === 0) this.byNetwork.delete(network);
    else this.byNetwork.set(network, waiting);
  }
}
