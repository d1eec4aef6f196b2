import { Inject, Injectable } from '@nestjs/common';
import { roomChannel, type RoomPosition } from '../../engine/engine.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { assertRoomName } from '../../protocol/room-name.js';
import { ClusterCounts } from '../cluster/cluster-counts.js';
import type { ClusterMessage } from '../cluster/cluster-message.js';
import { Cluster } from '../cluster/cluster.js';
import type { ClientRooms, JoinOptions } from '../connection/client-rooms.js';
import type { ConnectedClient } from '../connection/connected-client.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import type { Connection } from '../connection/connection.js';
import { KnownPositions } from './known-positions.js';
import { Presence } from './presence.js';
import { RoomHistory } from './room-history.js';
import { RoomLog } from './room-log.js';
import { notify } from './room-notices.js';
import { RoomPresence } from './room-presence.js';
import { RoomPush } from './room-push.js';
import { RoomStates } from './room-states.js';
import { Room } from './room.js';
import { noPresence, tooManyRooms } from './rooms.errors.js';

/** The rooms that this node's clients are in. */
@Injectable()
export class Rooms implements ClientRooms<ConnectedClient> {
  private readonly rooms = new Map<string, Room>();
  /** What peers join while their `auth` handler still runs; they are in it when it has accepted them. */
  private readonly wishes = new WeakMap<Connection, Map<string, JoinOptions>>();

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly registry: ConnectionRegistry,
    private readonly cluster: Cluster,
    private readonly counts: ClusterCounts,
    private readonly presence: Presence,
    private readonly states: RoomStates,
    private readonly known: KnownPositions,
  ) {}

  get(name: string): Room | undefined {
    return this.rooms.get(name);
  }

  get size(): number {
    return this.rooms.size;
  }

  all(): IterableIterator<Room> {
    return this.rooms.values();
  }

  /** @throws SocketsError `INVALID_ROOM`, `TOO_MANY_ROOMS` */
  join(client: ConnectedClient, name: string, options: JoinOptions): Promise<void> {
    const room = this.rooms.get(assertRoomName(name)) ?? this.make(name);
    if (options.members && !room.presence) throw noPresence(name);
    const connection = this.registry.get(client.id);
    if (!connection?.isOpen || room.members.has(connection)) return Promise.resolve();
    this.assertRoomFor(client, room);
    this.rooms.set(name, room);
    room.members.add(connection);
    // Not by spreading, for which V8 reserves a place for 17 names.
    client.rooms = client.rooms.concat(name);
    if (connection.isAuthenticated) return this.enter(room, connection, options);
    this.wishesOf(connection).set(name, options);
    return Promise.resolve();
  }

  /** The `auth` handler has accepted a peer, which is told after that where it is. */
  authenticated(connection: Connection): void {
    for (const [name, options] of this.wishes.get(connection) ?? []) {
      const room = this.rooms.get(name);
      if (room?.members.has(connection)) void this.enter(room, connection, options);
    }
    this.wishes.delete(connection);
  }

  leave(client: ConnectedClient, name: string): void {
    const room = this.rooms.get(name);
    const connection = this.registry.get(client.id);
    if (!room || !connection || !room.members.has(connection)) return;
    this.remove(room, connection);
    client.rooms = client.rooms.filter((joined) => joined !== name);
    if (room.log && connection.isAuthenticated) notify(connection, { event: 'exited', room: name });
  }

  /** A connection is gone. */
  leaveAll(connection: Connection): void {
    for (const name of connection.client.rooms) {
      const room = this.rooms.get(name);
      if (room) this.remove(room, connection);
    }
  }

  published(name: string, position: RoomPosition, message: ClusterMessage): void {
    this.rooms.get(name)?.log?.take(new RoomPush(name, position, message));
  }

  /** The engine was away: what was missed is read. */
  returned(): void {
    for (const room of this.rooms.values()) {
      if (room.opening) void room.log?.catchUp();
      else void this.open(room);
    }
  }

  private async enter(room: Room, connection: Connection, options: JoinOptions): Promise<void> {
    // At once, so that nothing comes before what it has missed.
    room.log?.admit(connection, this.known.take(connection, room.name));
    await Promise.all([
      this.open(room),
      this.presence.enter(room, connection, options.members === true),
    ]);
  }

  private remove(room: Room, connection: Connection): void {
    room.members.delete(connection);
    room.log?.leave(connection);
    this.presence.exit(room, connection);
    if (room.members.size > 0) return;
    this.rooms.delete(room.name);
    if (!room.opening) return;
    // While the engine is away it forgets the subscription by itself.
    this.cluster.session.unsubscribe(roomChannel(room.name)).catch(() => undefined);
  }

  /** Has this node hear what the others send to a room. */
  private open(room: Room): Promise<void> {
    if (!room.log && !this.cluster.isShared) return Promise.resolve();
    return (room.opening ??= this.subscribe(room));
  }

  private async subscribe(room: Room): Promise<void> {
    try {
      await this.cluster.session.subscribe(roomChannel(room.name));
    } catch {
      // It is done when the engine is back.
      room.opening = undefined;
      return;
    }
    await room.log?.catchUp();
  }

  private make(name: string): Room {
    const options = this.options.rooms.optionsOf(name);
    const room = new Room(name, options);
    if (options.presence !== false) room.presence = new RoomPresence(name, options);
    if (options.history === 0) return room;
    room.log = new RoomLog(room.members, {
      room: name,
      size: options.history,
      history: new RoomHistory(name, options, this.cluster),
      stateFor: (connection) => this.states.stateFor(name, options, connection),
      onDelivered: (members) => this.options.telemetry?.fannedOut('rooms', members),
      onGap: (members) => void (this.counts.gaps += members),
    });
    return room;
  }

  private assertRoomFor(client: ConnectedClient, room: Room): void {
    const { maxRooms, maxRoomsPerClient } = this.options.limits;
    if (client.rooms.length >= maxRoomsPerClient) {
      throw tooManyRooms(
        'maxRoomsPerClient',
        `Client ${client.id} is in ${maxRoomsPerClient} rooms`,
      );
    }
    if (room.members.size > 0 || this.rooms.size < maxRooms) return;
    throw tooManyRooms('maxRooms', `There are ${maxRooms} rooms on this node`);
  }

  private wishesOf(connection: Connection): Map<string, JoinOptions> {
    const wishes = this.wishes.get(connection) ?? new Map<string, JoinOptions>();
    this.wishes.set(connection, wishes);
    return wishes;
  }
}
