import { assertClose } from '../../protocol/close-code.js';
import { assertRoomName } from '../../protocol/room-name.js';
import type { Deliveries } from './deliveries.js';
import type { Presence } from './presence.js';
import type { RoomMember } from './room-presence.js';

/** Who is in a room, on all nodes: what `SocketServer.in()` returns. */
export class RoomMembers {
  constructor(
    private readonly room: string,
    private readonly deliveries: Deliveries,
    private readonly presence: Presence,
  ) {
    assertRoomName(room);
  }

  /**
   * Everybody in the room; while the engine is away, those of this node.
   * @throws SocketsError `INVALID_ROOM` for a room without `presence`
   */
  members(): Promise<RoomMember[]> {
    return this.presence.members(this.room);
  }

  /** Has everybody leave the room. */
  leave(): void {
    this.deliveries.leave({ rooms: [this.room], except: [] }, [this.room]);
  }

  /**
   * Closes the connections of everybody in the room.
   * @returns how many that are on this node
   * @throws SocketsError `INVALID_CLOSE`
   */
  disconnect(code?: number, reason?: string): number {
    assertClose(code, reason);
    return this.deliveries.close({ rooms: [this.room], except: [] }, code, reason);
  }
}
