import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { SocketsError } from '../../protocol/sockets.errors.js';

/**
 * The only file that touches private parts of ws: its receiver, which takes the frames in of one
 * WebSocket. What is public holds for a whole server; but limits grow when a peer authenticates, and
 * checking complete messages instead would let anybody make the server buffer them.
 */
interface Receiver {
  _maxPayload: number;
  _maxBufferedChunks: number;
  readonly _fragments: readonly unknown[];
}

// Each read that brings a part of a frame costs some 300 bytes until the frame is complete, however
// small the part is. A small message never comes in many parts unless somebody means it.
const MIN_PARTS = 64;
const MAX_PARTS = 8_192;
const BYTES_PER_PART = 128;

/**
 * How large the messages of all WebSockets of a server may be (a larger one closes it with 1009), and
 * with it in how many parts a frame may come (1008): options of ws, for those who have just come.
 */
export function messageSizeOptions(bytes: number): {
  maxPayload: number;
  maxBufferedChunks: number;
} {
  const parts = Math.ceil(bytes / BYTES_PER_PART);
  return {
    maxPayload: bytes === Infinity ? 0 : bytes,
    maxBufferedChunks: Math.min(MAX_PARTS, Math.max(MIN_PARTS, parts)),
  };
}

/** The same for the next messages of one WebSocket. */
export function limitMessageSize(webSocket: WebSocket, bytes: number): void {
  const receiver = receiverOf(webSocket);
  const { maxPayload, maxBufferedChunks } = messageSizeOptions(bytes);
  receiver._maxPayload = maxPayload;
  receiver._maxBufferedChunks = maxBufferedChunks;
}

/** Whether a message has begun of which not all fragments have come. */
export function hasUnfinishedMessage(webSocket: WebSocket): boolean {
  return receiverOf(webSocket)._fragments.length > 0;
}

/**
 * Looks at a WebSocket that the server makes of a request that nobody sent.
 * @throws SocketsError `UNSUPPORTED_VERSION` for a ws whose receivers are made differently
 */
export function assertReceivers(webSockets: Pick<WebSocketServer, 'handleUpgrade'>): void {
  const socket = new Duplex({ read: ignore, write: (_bytes, _encoding, done) => done() });
  let isKnown = false;
  webSockets.handleUpgrade(UPGRADE as IncomingMessage, socket, Buffer.alloc(0), (webSocket) => {
    isKnown = isKnownReceiver(receiverOf(webSocket));
    webSocket.terminate();
  });
  if (isKnown) return;
  throw new SocketsError(
    'UNSUPPORTED_VERSION',
    'This version of ws has no limits per connection that this package knows, and without them strangers could fill the memory. Install a version that is supported: ^8.23.0 (see "overrides" in your package.json, and npm ls ws); or, if it is one, a newer version of nestjs-sockets.',
  );
}

const UPGRADE = {
  method: 'GET',
  headers: {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
} as Partial<IncomingMessage>;

function isKnownReceiver(receiver: Partial<Receiver> | undefined): boolean {
  return (
    typeof receiver?._maxPayload === 'number' &&
    typeof receiver._maxBufferedChunks === 'number' &&
    Array.isArray(receiver._fragments)
  );
}

function receiverOf(webSocket: WebSocket): Receiver {
  return (webSocket as unknown as { _receiver: Receiver })._receiver;
}

function ignore(): void {
  // Nobody sends anything.
}
