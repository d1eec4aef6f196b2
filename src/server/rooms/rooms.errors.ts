import { SocketsError } from '../../protocol/sockets.errors.js';

export function noPresence(room: string): SocketsError {
  return new SocketsError(
    'INVALID_ROOM',
    `Nobody writes down who is in ${JSON.stringify(room)}. Set { presence: true } for it in the option "rooms".`,
  );
}

export function noHistory(room: string): SocketsError {
  return new SocketsError(
    'NO_HISTORY',
    `Nothing of ${JSON.stringify(room)} is kept, so nothing can be published to it. Set { history: 200 } for it in the option "rooms", or use send().`,
  );
}

export function tooManyRooms(limit: string, what: string): SocketsError {
  return new SocketsError(
    'TOO_MANY_ROOMS',
    `${what}, which is all that the option "${limit}" allows. Have clients leave rooms that they need no longer, or raise it.`,
  );
}
