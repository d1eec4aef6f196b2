import { Inject, Injectable } from '@nestjs/common';
import type { RoomPosition } from '../../engine/engine.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { isRoomName } from '../../protocol/room-name.js';
import type { Connection } from '../connection/connection.js';

const MAX_EPOCH_LENGTH = 64;

/** What peers said in their `auth` that they have of rooms with history: PROTOCOL.md R11.7. */
@Injectable()
export class KnownPositions {
  private readonly known = new WeakMap<Connection, Map<string, RoomPosition>>();

  constructor(@Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions) {}

  /** Whatever is no position is left out: its member begins anew. */
  note(connection: Connection, rooms: unknown): void {
    if (typeof rooms !== 'object' || rooms === null) return;
    const { maxRoomsPerClient } = this.options.limits;
    const positions = new Map<string, RoomPosition>();
    for (const [room, position] of Object.entries(rooms)) {
      if (positions.size >= maxRoomsPerClient) break;
      if (isRoomName(room) && isPosition(position)) {
        positions.set(room, { epoch: position[0], offset: position[1] });
      }
    }
    if (positions.size > 0) this.known.set(connection, positions);
  }

  /** Once for each room: who leaves and joins again on the same connection begins anew. */
  take(connection: Connection, room: string): RoomPosition | undefined {
    const position = this.known.get(connection)?.get(room);
    this.known.get(connection)?.delete(room);
    return position;
  }
}

function isPosition(value: unknown): value is [epoch: string, offset: number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [epoch, offset] = value as unknown[];
  const isEpoch = typeof epoch === 'string' && epoch.length <= MAX_EPOCH_LENGTH;
  return isEpoch && Number.isSafeInteger(offset) && (offset as number) >= 0;
}
