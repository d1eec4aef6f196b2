import type { WebSocket } from 'ws';

/** The part of ws that takes frames in, as far as it can be set for each connection. */
interface Receiver {
  _maxPayload: number;
  _maxBufferedChunks: number;
  _allowSynchronousEvents: boolean;
  readonly _fragments: readonly unknown[];
  readonly _totalPayloadLength: number;
}

// Each read that brings a part of a frame costs some 300 bytes until the frame is complete, however
// small the part is. A small message never comes in many parts unless somebody means it.
const MIN_PARTS = 64;
const MAX_PARTS = 8_192;
const BYTES_PER_PART = 128;

/**
 * Sets how large the next messages of one WebSocket may be (a larger one closes it with 1009), and
 * with it in how many parts a frame may come (1008).
 *
 * ws takes the limit for a whole server only, but whoever has not authenticated may send far less
 * than others. Checking complete messages instead would let anybody make the server buffer them.
 */
export function limitMessageSize(webSocket: WebSocket, bytes: number): void {
  const receiver = receiverOf(webSocket);
  receiver._maxPayload = bytes === Infinity ? 0 : bytes;
  const parts = Math.ceil(bytes / BYTES_PER_PART);
  receiver._maxBufferedChunks = Math.min(MAX_PARTS, Math.max(MIN_PARTS, parts));
}

/**
 * Has the next frame wait for the next turn of the event loop, or not.
 *
 * ws knows it as the option `allowSynchronousEvents`, again for a whole server and for every frame.
 */
export function deferNextFrame(webSocket: WebSocket, isDeferred: boolean): void {
  receiverOf(webSocket)._allowSynchronousEvents = !isDeferred;
}

/** Bytes of the message of which a part has come, as far as its frames announced them; 0 between messages. */
export function unfinishedLengthOf(webSocket: WebSocket): number {
  return receiverOf(webSocket)._totalPayloadLength;
}

/** Whether a message has begun of which not all fragments have come. */
export function hasUnfinishedMessage(webSocket: WebSocket): boolean {
  return receiverOf(webSocket)._fragments.length > 0;
}

/** @throws for a version of ws whose receivers are made differently: a limit must not be lost */
export function assertReceiver(webSocket: WebSocket): void {
  const receiver = receiverOf(webSocket) as Partial<Receiver> | undefined;
  const isKnown =
    typeof receiver?._maxPayload === 'number' &&
    typeof receiver._maxBufferedChunks === 'number' &&
    typeof receiver._allowSynchronousEvents === 'boolean' &&
    typeof receiver._totalPayloadLength === 'number' &&
    Array.isArray(receiver._fragments);
  if (isKnown) return;
  throw new Error('This version of ws has no limits per connection; use a version that does.');
}

function receiverOf(webSocket: WebSocket): Receiver {
  return (webSocket as unknown as { _receiver: Receiver })._receiver;
}
