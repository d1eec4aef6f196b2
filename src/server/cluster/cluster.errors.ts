import { SocketsError } from '../../protocol/sockets.errors.js';

/** What needs the engine cannot be done now. */
export function engineUnavailable(what: string, cause?: unknown): SocketsError {
  const options = cause === undefined ? undefined : { cause };
  const message = `${what} needs the engine, which cannot be reached now. Try again later; SocketServer.stats().cluster says whether it is there.`;
  return new SocketsError('ENGINE_UNAVAILABLE', message, options);
}

export function unknownClient(id: number): SocketsError {
  return new SocketsError(
    'UNKNOWN_CLIENT',
    `No authenticated client has the id ${id}. SocketServer.clientMap holds those of this node, SocketServer.clients() gives all.`,
  );
}

/** The node of a client went away, or did not answer in time. */
export function nodeLost(node: number): SocketsError {
  return new SocketsError(
    'CONNECTION_LOST',
    `Node ${node} is gone, and its clients with it. They come back under other ids.`,
  );
}
