import type { Connection } from '../connection/connection.js';
import type { RoomHistory } from './room-history.js';

/** What a room with history needs of the server. */
export interface RoomLogContext {
  readonly room: string;
  /** How many messages are kept. */
  readonly size: number;
  readonly history: RoomHistory;
  /** The application's state of the room for this client, if it has one. Never rejects. */
  stateFor(connection: Connection): Promise<unknown>;
  /** A message was given to so many members at once. */
  onDelivered(members: number): void;
  /** So many members missed something that is gone for good, and are told. */
  onGap(members: number): void;
}
