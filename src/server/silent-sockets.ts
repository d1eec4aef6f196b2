import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { LimitLog } from './limit-log.js';
import { ipOf, networkOf } from './peer-address.js';

// Many more than may then be refused with 429, so that whoever asks for a WebSocket at once is told.
const SILENT_FOR_EACH_PLACE = 5;

/**
 * Bounds the TCP connections of one address that have not asked for a WebSocket. They are in no other
 * limit yet, and enough of them would leave no room for anybody else.
 */
@Injectable()
export class SilentSockets {
  private readonly byNetwork = new Map<string, number>();
  private readonly leaves = new Map<Socket, () => void>();
  private readonly limit: number;

  constructor(
    @Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions,
    private readonly limitLog: LimitLog,
  ) {
    this.limit = limits.maxUnauthenticatedConnectionsPerIp * SILENT_FOR_EACH_PLACE;
  }

  /** A TCP connection was made. One too many is cut: there is no request yet to answer. */
  enter(socket: Socket): void {
    if (this.limit === Infinity) return;
    const network = networkOf(ipOf(socket));
    if ((this.byNetwork.get(network) ?? 0) >= this.limit) return this.cut(socket);
    const leave = () => {
      if (this.leaves.delete(socket)) this.add(network, -1);
    };
    this.add(network, 1);
    this.leaves.set(socket, leave);
    socket.on('close', leave);
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
    socket.destroy();
  }

  private add(network: string, count: number): void {
    const silent = (this.byNetwork.get(network) ?? 0) + count;
    if (silent === 0) this.byNetwork.delete(network);
    else this.byNetwork.set(network, silent);
  }
}
