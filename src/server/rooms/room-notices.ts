import { ROOM } from '../../protocol/message-name.js';
import { formatRequest } from '../../protocol/message.js';
import type { RoomMessage } from '../../protocol/room-message.js';
import type { Connection } from '../connection/connection.js';
import type { RoomPush } from './room-push.js';

/**
 * Tells a client what happens to it in a room: PROTOCOL.md R11.3. Never dropped, and never sent to an
 * original, which would not know what it is.
 * @throws SocketsError `INVALID_MESSAGE` for a state that is no JSON
 */
export function notify(connection: Connection, message: RoomMessage): void {
  if (connection.knowsIds) connection.reply(formatRequest(ROOM, undefined, message));
}

/**
 * Gives a member one message of the room's history, or tells it where it is when that is not for it.
 * @returns false when it did not get it, and must get it later
 */
export function deliverTo(connection: Connection, push: RoomPush): boolean {
  if (push.excepts(connection)) {
    notify(connection, { event: 'moved', room: push.room, offset: push.position.offset });
    return true;
  }
  // An original knows no positions, so there is nothing that it could be given later.
  return push.sendTo(connection) || !connection.isOpen || !connection.knowsIds;
}
