import type { WebSocket } from 'ws';

/** The part of ws that bounds messages while they arrive, before anything is buffered. */
interface Receiver {
  _maxPayload: number;
}

/**
 * Sets how large the next messages of one WebSocket may be; a larger one closes it with 1009.
 *
 * ws takes the limit for a whole server only, but whoever has not authenticated may send far less
 * than others. Checking complete messages instead would let anybody make the server buffer them.
 */
export function limitMessageSize(webSocket: WebSocket, bytes: number): void {
  const { _receiver: receiver } = webSocket as unknown as { _receiver: Receiver };
  if (typeof receiver?._maxPayload !== 'number') {
    throw new Error('This version of ws has no limit per connection; use a version that does.');
  }
  receiver._maxPayload = bytes === Infinity ? 0 : bytes;
}
