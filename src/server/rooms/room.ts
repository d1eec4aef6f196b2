import type { ResolvedRoomOptions } from '../../options/room-options.js';
import type { Connection } from '../connection/connection.js';
import type { RoomLog } from './room-log.js';
import type { RoomPresence } from './room-presence.js';

/** A room with members on this node. */
export class Room {
  readonly members = new Set<Connection>();
  /** In rooms with history. */
  log: RoomLog | undefined;
  /** In rooms with presence. */
  presence: RoomPresence | undefined;
  /** Resolves when other nodes are heard; undefined when the engine was away. */
  opening: Promise<void> | undefined;

  constructor(
    readonly name: string,
    readonly options: ResolvedRoomOptions,
  ) {}
}
