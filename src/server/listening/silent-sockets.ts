import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { LimitLog } from '../operations/limit-log.js';
import { PeerAddresses } from './peer.addresses.js';
import { WAITING_FOR_EACH_PLACE } from './upgrade.line.js';
import { ipOf, networkOf } from '../operations/peer-address.js';

/**
 * Bounds the TCP connections of one address that have not asked for a WebSocket. They are in no other
 * limit yet, and enough of them would leave no room for anybody else. The one that was silent for
 * longest makes room: who wants a WebSocket asks at once.
 */
@Injectable()
export class SilentSockets {
  /** Oldest first. */
  private readonly byNetwork = new Map<string, Set<Socket>>();
  private readonly leaves = new Map<Socket, () => void>();
  private readonly limit: number;

  constructor(
    @Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions,
    private readonly limitLog: LimitLog,
    private readonly addresses: PeerAddresses,
  ) {
    this.limit = limits.maxUnauthenticatedConnectionsPerIp * WAITING_FOR_EACH_PLACE;
  }

  /** A TCP connection was made. */
  enter(socket: Socket): void {
    // All clients of a proxy share its address; which of them are silent, only the proxy knows.
    if (this.limit === Infinity || this.addresses.isProxy(socket)) return;
    const network = networkOf(ipOf(socket));
    const sockets = this.byNetwork.get(network) ?? new Set();
    this.byNetwork.set(network, sockets.add(socket));
    const leave = () => {
      this.leaves.delete(socket);
      if (sockets.delete(socket) && sockets.size === 0) this.byNetwork.delete(network);
    };
    this.leaves.set(socket, leave);
    socket.on('close', leave);
    const [oldest] = sockets;
    if (sockets.size > this.limit && oldest !== undefined) this.cut(oldest);
  }

  /** It asked for a WebSocket, and counts elsewhere from now on. */
  upgraded(socket: Socket): void {
    const leave = this.leaves.get(socket);
    if (leave === undefined) return;
    socket.off('close', leave);
    leave();
  }

  private cut(socket: Socket): void {
    const limit = 'maxUnauthenticatedConnectionsPerIp';
    this.limitLog.refuse({ limit, ip: ipOf(socket), outcome: 'cut before the upgrade' });
    this.upgraded(socket);
    socket.destroy();
  }
}
