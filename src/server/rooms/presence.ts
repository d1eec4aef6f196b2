import { Inject, Injectable } from '@nestjs/common';
import { nodeOf, roomChannel, type LostMember } from '../../engine/engine.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { parseSafely } from '../../protocol/safe-json.js';
import type { RoomMemberInfo } from '../../protocol/room-message.js';
import { Cluster } from '../cluster/cluster.js';
import type { Connection } from '../connection/connection.js';
import { HookRunner } from '../connection/hook-runner.js';
import type { PresenceValue, RoomMember, RoomPresence } from './room-presence.js';
import type { Room } from './room.js';
import { noPresence } from './rooms.errors.js';

/** Writes down who is in which room, for all nodes, and tells those who want to know. */
@Injectable()
export class Presence {
  /** Of the rooms with members on this node. */
  private readonly here = new Map<string, RoomPresence>();

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly cluster: Cluster,
    private readonly hooks: HookRunner,
  ) {}

  async enter(room: Room, connection: Connection, listens: boolean): Promise<void> {
    const value = this.valueOf(room, connection, listens);
    if (!value || !room.presence) return;
    this.here.set(room.name, room.presence);
    this.tell('joined', room, memberOf(connection.client.id, value));
    await this.write(room, connection, value);
  }

  exit(room: Room, connection: Connection): void {
    const value = room.presence?.delete(connection);
    if (!value) return;
    if (room.presence?.isEmpty) this.here.delete(room.name);
    const place = { room: room.name, id: connection.client.id };
    this.tell('left', room, memberOf(connection.client.id, value));
    // What an engine that is away does not hear it forgets by itself, when it is back.
    this.cluster.session.exit(place).catch(() => undefined);
  }

  /** Another node tells of its clients. */
  heard(room: Room | undefined, event: 'joined' | 'left', member: RoomMemberInfo): void {
    room?.presence?.tell(event, member);
  }

  /** Somebody's node died: whoever found it tells all. */
  lost({ room, id, value }: LostMember, here: Room | undefined): void {
    const written = value.length > 0 ? this.open(room, value) : undefined;
    const member = written ? memberOf(id, written) : { id, since: Date.now() };
    here?.presence?.tell('left', member);
    this.announce('left', room, member);
  }

  /**
   * What the engine has forgotten.
   * @param isNews Whether the others were told that all of them had left
   */
  async writeAgain(rooms: Iterable<Room>, isNews: boolean): Promise<void> {
    for (const room of rooms) {
      for (const [connection, value] of room.presence?.entries() ?? []) {
        if (isNews) this.tell('joined', room, memberOf(connection.client.id, value));
        await this.write(room, connection, value);
      }
    }
  }

  /**
   * Everybody in a room; while the engine is away, those of this node.
   * @throws SocketsError `INVALID_ROOM`
   */
  async members(name: string): Promise<RoomMember[]> {
    if (this.options.rooms.optionsOf(name).presence === false) throw noPresence(name);
    try {
      const values = await this.cluster.session.members(name);
      const members = [...values].map(([id, sealed]) => this.read(name, id, sealed));
      return members.filter((member) => member !== undefined);
    } catch {
      return [...(this.here.get(name)?.entries() ?? [])].map(([{ client }, value]) =>
        toMember(client.id, value),
      );
    }
  }

  private valueOf(room: Room, connection: Connection, listens: boolean): PresenceValue | undefined {
    try {
      return room.presence?.add(connection, listens);
    } catch (error) {
      this.hooks.report('The option "presence"', error);
      return undefined;
    }
  }

  private async write(room: Room, connection: Connection, value: PresenceValue): Promise<void> {
    const place = { room: room.name, id: connection.client.id };
    try {
      const json = Buffer.from(JSON.stringify(value));
      await this.cluster.session.enter(place, this.cluster.seal(sealedAt(room.name), json));
    } catch (error) {
      // Otherwise it is written when the engine is back.
      if (this.cluster.isAvailable) this.hooks.report('Writing presence', error);
    }
  }

  private read(room: string, id: number, sealed: Buffer): RoomMember | undefined {
    const value = this.open(room, sealed);
    return value && toMember(id, value);
  }

  /** Undefined for what none of the nodes wrote there. */
  private open(room: string, sealed: Buffer): PresenceValue | undefined {
    const json = this.cluster.openStored(sealedAt(room), sealed);
    return json && (parseSafely(json.toString()) as PresenceValue);
  }

  private tell(event: 'joined' | 'left', room: Room, member: RoomMemberInfo): void {
    room.presence?.tell(event, member);
    this.announce(event, room.name, member);
  }

  private announce(event: 'joined' | 'left', room: string, member: RoomMemberInfo): void {
    this.cluster.send(roomChannel(room), { head: { kind: 'member', event, room, member } });
  }
}

function sealedAt(room: string): string {
  return `members:${room}`;
}

function toMember(id: number, { meta, since }: PresenceValue): RoomMember {
  return { id, meta, node: nodeOf(id), since };
}

function memberOf(id: number, { since, info }: PresenceValue): RoomMemberInfo {
  return { id, since, ...(info !== undefined && { info }) };
}
