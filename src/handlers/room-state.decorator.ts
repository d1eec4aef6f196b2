import { SetMetadata } from '@nestjs/common';
import { ROOM_STATE } from './handler.constants.js';

/**
 * Makes a method of a provider the one that gives the state of rooms, for members that could not be given
 * what they missed: `state(client, room)`. The same as the option `onJoin` of the option `rooms`, with what
 * the provider injects; where both are there, the method counts.
 *
 * @param pattern The name of a room with `history`, or the beginning of names with a `*` behind it. Of
 * several methods that match, the one that Nest made first counts.
 */
export function RoomState(pattern: string): MethodDecorator {
  return SetMetadata(ROOM_STATE, pattern);
}
