import { Injectable } from '@nestjs/common';
import type { LostMember, RoomPosition } from '../../engine/engine.js';
import { ClusterCalls } from '../cluster/cluster-calls.js';
import type { ClusterCall, ClusterHead, ClusterMessage } from '../cluster/cluster-message.js';
import type { ClusterListener } from '../cluster/cluster.js';
import { unknownClient } from '../cluster/cluster.errors.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import { Push } from '../connection/push.js';
import { ClientPages } from './client-pages.js';
import { Deliveries } from './deliveries.js';
import { Presence } from './presence.js';
import { Rooms } from './rooms.js';

/** Does what the other nodes say. */
@Injectable()
export class ClusterReceiver implements ClusterListener {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly deliveries: Deliveries,
    private readonly rooms: Rooms,
    private readonly presence: Presence,
    private readonly calls: ClusterCalls,
    private readonly pages: ClientPages,
  ) {}

  onMessage({ head, payload }: ClusterMessage): void {
    if (head.kind === 'call') {
      void this.calls.serve(head, payload, (call, data) => this.serve(call, data));
    } else if (head.kind === 'answer') this.calls.settle(head, payload);
    else if (head.kind === 'push') {
      this.deliveries.pushHere(head.to, Push.made(head.name, payload));
    } else if (head.kind !== 'node') this.obey(head);
  }

  onPublished(room: string, position: RoomPosition, message: ClusterMessage): void {
    this.rooms.published(room, position, message);
  }

  onLeft(members: readonly LostMember[]): void {
    for (const member of members) this.presence.lost(member, this.rooms.get(member.room));
  }

  onNodes(): void {
    this.calls.forgetDead();
  }

  onReturned(): void {
    this.rooms.returned();
  }

  onForgotten(isNews: boolean): void {
    void this.presence.writeAgain([...this.rooms.all()], isNews);
  }

  private obey(head: Exclude<ClusterHead, { kind: 'call' | 'answer' | 'push' | 'node' }>): void {
    if (head.kind === 'close') this.deliveries.closeHere(head.to, head.code, head.reason);
    else if (head.kind === 'leave') this.deliveries.leaveHere(head.to, head.rooms);
    else if (head.kind === 'member') {
      this.presence.heard(this.rooms.get(head.room), head.event, head.member);
    }
    // Of a kind that a newer version has: it is not for this one.
  }

  private async serve(call: ClusterCall, data: unknown): Promise<unknown> {
    if (call.method === 'clients') return this.pages.after(call.after);
    const connection = this.registry.getAuthenticated(call.client);
    if (!connection) throw unknownClient(call.client);
    const { name, timeout, trace } = call;
    return connection.ask(name, data, { timeout: timeout ?? Infinity, trace });
  }
}
