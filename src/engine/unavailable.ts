import { SocketsError } from '../protocol/sockets.errors.js';

/** What an engine rejects with that cannot be reached. */
export function unavailable(why: string, cause?: unknown): SocketsError {
  return new SocketsError(
    'ENGINE_UNAVAILABLE',
    `The engine of the cluster ${why}.`,
    cause === undefined ? undefined : { cause },
  );
}
