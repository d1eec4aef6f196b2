import { SocketsError } from './sockets.errors.js';

const MAX_LENGTH = 200;
// What can be seen, and no space: it stands in logs, keys and channels as it is.
const ROOM_NAME = /^[^\p{C}\p{Z}]+$/u;

/** Whether `name` may name a room: PROTOCOL.md R11.1. */
export function isRoomName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_LENGTH && ROOM_NAME.test(name);
}

/** @throws SocketsError `INVALID_ROOM` */
export function assertRoomName(name: string): string {
  if (isRoomName(name)) return name;
  throw new SocketsError(
    'INVALID_ROOM',
    `A room's name is 1 to ${MAX_LENGTH} characters without spaces and control characters, for example 'table:7'.`,
  );
}
