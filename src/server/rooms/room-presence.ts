import type { RoomMemberInfo } from '../../protocol/room-message.js';
import type { ResolvedRoomOptions } from '../../options/room-options.js';
import type { Connection } from '../connection/connection.js';
import type { ClientMeta } from '../connection/connected-client.js';
import { notify } from './room-notices.js';

/** Somebody in a room, on whatever node. */
export interface RoomMember {
  /** Over all nodes. */
  readonly id: number;
  /** As it was when the client joined. */
  readonly meta: ClientMeta;
  /** The number of the node that it is connected to. */
  readonly node: number;
  /** When it joined, in milliseconds since 1970. */
  readonly since: number;
}

/** What is written into the engine, sealed. */
export interface PresenceValue {
  readonly meta: ClientMeta;
  readonly since: number;
  readonly info?: unknown;
}

/** Who is in a room with presence, of this node's clients, and who of them wants to hear of others. */
export class RoomPresence {
  private readonly values = new Map<Connection, PresenceValue>();
  private readonly listening = new Set<Connection>();

  constructor(
    private readonly room: string,
    private readonly options: ResolvedRoomOptions,
  ) {}

  get isEmpty(): boolean {
    return this.values.size === 0;
  }

  entries(): IterableIterator<[Connection, PresenceValue]> {
    return this.values.entries();
  }

  /** @throws whatever the application's function does */
  add(connection: Connection, listens: boolean): PresenceValue {
    const { client } = connection;
    const { presence } = this.options;
    const info = typeof presence === 'function' ? presence(client) : undefined;
    const value = { meta: client.meta, since: Date.now(), ...(info !== undefined && { info }) };
    this.values.set(connection, value);
    if (listens) this.listening.add(connection);
    return value;
  }

  /** @returns what was written of it; undefined when it was not there */
  delete(connection: Connection): PresenceValue | undefined {
    const value = this.values.get(connection);
    this.values.delete(connection);
    this.listening.delete(connection);
    return value;
  }

  /** Tells those members that asked for it. */
  tell(event: 'joined' | 'left', member: RoomMemberInfo): void {
    for (const connection of this.listening) {
      if (connection.client.id === member.id) continue;
      notify(connection, { event, room: this.room, member });
    }
  }
}
