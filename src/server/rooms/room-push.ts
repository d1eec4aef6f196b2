import type { RoomPosition } from '../../engine/engine.js';
import type { Connection } from '../connection/connection.js';
import { Push } from '../connection/push.js';
import type { ClusterMessage } from '../cluster/cluster-message.js';

/** A message of a room's history: who knows positions gets it with its own (PROTOCOL.md R11.2). */
export class RoomPush {
  private readonly plain: Push;
  private readonly placed: Push;
  private readonly except: ReadonlySet<number | string>;

  constructor(
    readonly room: string,
    /** Where it stands. */
    readonly position: RoomPosition,
    { head, payload }: ClusterMessage,
  ) {
    const name = head.kind === 'push' ? head.name : '';
    this.plain = Push.made(name, payload);
    this.placed = Push.made(name, payload, { room, offset: position.offset });
    this.except = new Set(head.kind === 'push' && 'rooms' in head.to ? head.to.except : []);
  }

  /** Whether it is for everybody but this one. */
  excepts({ client }: Connection): boolean {
    if (this.except.size === 0) return false;
    return this.except.has(client.id) || client.rooms.some((room) => this.except.has(room));
  }

  /** @returns false when it was dropped, or the connection is gone */
  sendTo(connection: Connection): boolean {
    const push = connection.knowsIds ? this.placed : this.plain;
    return connection.push(push.in(connection.pushField));
  }
}
