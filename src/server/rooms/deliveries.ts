import { Inject, Injectable } from '@nestjs/common';
import type { FanOut } from '../../contract/telemetry.js';
import { nodeOf, roomChannel } from '../../engine/engine.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { Payload } from '../../protocol/message.js';
import type { Target } from '../cluster/cluster-message.js';
import { ALL_NODES, Cluster, nodeChannel } from '../cluster/cluster.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import type { Connection } from '../connection/connection.js';
import { Push } from '../connection/push.js';
import { sendToEach, SharedBroadcasts } from '../connection/shared-broadcasts.js';
import { Rooms } from './rooms.js';

/** Does something to those clients that are meant, on this node and on all others. */
@Injectable()
export class Deliveries {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly registry: ConnectionRegistry,
    private readonly rooms: Rooms,
    private readonly cluster: Cluster,
    private readonly shared: SharedBroadcasts,
  ) {}

  /**
   * @returns how many got it on this node
   * @throws SocketsError `INVALID_MESSAGE` for bytes where a client of this node speaks version 1
   */
  push(to: Target, push: Push): number {
    const receivers = this.select(to);
    push.assertTakenBy(receivers);
    const { name, payload } = push;
    this.tellOthers(to, { kind: 'push', to, name }, payload);
    return this.send(to, push, receivers);
  }

  /** The same for what another node has said. Bytes reach those who can take them. */
  pushHere(to: Target, push: Push): void {
    const receivers = this.select(to).filter((receiver) => push.isTakenBy(receiver));
    this.send(to, push, receivers);
  }

  private send(to: Target, push: Push, receivers: readonly Connection[]): number {
    const sent =
      'all' in to && this.shared.isOn
        ? this.shared.send(push, receivers)
        : sendToEach(push, receivers);
    if (!('client' in to)) this.options.telemetry?.fannedOut(fanOutOf(to), sent);
    return sent;
  }

  /** @returns how many are closed on this node */
  close(to: Target, code?: number, reason?: string): number {
    this.tellOthers(to, { kind: 'close', to, code, reason });
    return this.closeHere(to, code, reason);
  }

  closeHere(to: Target, code?: number, reason?: string): number {
    const receivers = this.select(to);
    for (const connection of receivers) connection.close(code, reason);
    return receivers.length;
  }

  /** Has them leave rooms. */
  leave(to: Target, rooms: readonly string[]): void {
    this.tellOthers(to, { kind: 'leave', to, rooms });
    this.leaveHere(to, rooms);
  }

  leaveHere(to: Target, rooms: readonly string[]): void {
    for (const { client } of this.select(to)) {
      for (const room of rooms) this.rooms.leave(client, room);
    }
  }

  /** The authenticated clients of this node that are meant. */
  select(to: Target): Connection[] {
    if ('all' in to) return [...this.registry.allAuthenticated()];
    if ('client' in to) {
      const connection = this.registry.getAuthenticated(to.client);
      return connection ? [connection] : [];
    }
    if ('rooms' in to) return this.inRooms(to.rooms, to.except);
    const { meta, value } = to;
    return [...this.registry.allAuthenticated()].filter(
      ({ client }) => client.meta[meta] === value,
    );
  }

  private inRooms(names: readonly string[], except: readonly (number | string)[]): Connection[] {
    const found = new Set<Connection>();
    for (const name of names) {
      for (const connection of this.rooms.get(name)?.members ?? []) {
        if (connection.isAuthenticated) found.add(connection);
      }
    }
    for (const item of except) {
      const left = typeof item === 'number' ? [this.registry.get(item)] : this.membersOf(item);
      for (const connection of left) if (connection) found.delete(connection);
    }
    return [...found];
  }

  private membersOf(room: string): Iterable<Connection> {
    return this.rooms.get(room)?.members ?? [];
  }

  private tellOthers(
    to: Target,
    head: Parameters<Cluster['send']>[1]['head'],
    payload?: Payload,
  ): void {
    if (!this.cluster.isShared) return;
    if ('client' in to && nodeOf(to.client) === this.cluster.node) return;
    this.cluster.send(channelOf(to), { head, payload });
  }
}

function fanOutOf(to: Exclude<Target, { client: number }>): FanOut {
  if ('all' in to) return 'all';
  return 'rooms' in to ? 'rooms' : 'meta';
}

/** Who has to hear of it. Those in several rooms must get it once, so all nodes look for them. */
function channelOf(to: Target): string {
  if ('client' in to) return nodeChannel(nodeOf(to.client));
  const isOneRoom = 'rooms' in to && to.rooms.length === 1;
  return isOneRoom ? roomChannel(to.rooms[0]!) : ALL_NODES;
}
