import { DEFAULT_LIMITS } from '../../../src/protocol/limits.js';
import { globalKey } from '../../helpers/raw-envelope.js';
import { inParallel } from './in-parallel.js';
import { Opcode, rawFrame } from './raw-frame.js';
import { RawSocket, sealedAuth, type Target } from './raw-socket.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const GRABBED_AT_ONCE = 20;
// Less than the default sizes before and after authentication, so that each message is admitted.
const SMALL_MESSAGE = 4 * KIB - 64;
const LARGE_MESSAGE = MIB - 64;
// How many parts of a frame, or frames among its fragments, the server puts up with.
const SMALL_PIECES = 60;
const LARGE_PIECES = 4_000;
const FRAGMENTS = 60;
const READ = 64 * KIB;
const PER_PIECE = 512;
const UNREAD_REPLY = 1_000_000;
const UNREAD_REPLIES = 12;
const PONG = rawFrame({ opcode: Opcode.Pong, payload: 'x'.repeat(125) });
const PONGS_PER_READ = Math.floor(READ / PONG.length);

// The JSON that grows most when V8 parses it, of what was tried: 37 times.
const EXPENSIVE_JSON = '{"30":0}';
const JSON_GROWTH = 40;
const { maxBytesInFlight, maxMessageSize, sendHardCap } = DEFAULT_LIMITS;
const { maxUnauthenticatedMessages, maxUnauthenticatedMessageSize } = DEFAULT_LIMITS;

/** What a connection may cost the server: the sum of what its limits let it keep. */
const BOUNDS = {
  idle: 16 * KIB,
  // Its parts keep the reads alive in which it begins and ends.
  unfinishedMessage: (bytes: number, pieces: number) => 2 * bytes + 2 * READ + pieces * PER_PIECE,
  waitingForAuth: JSON_GROWTH * maxUnauthenticatedMessages * maxUnauthenticatedMessageSize,
  requestsInFlight: JSON_GROWTH * (maxBytesInFlight + 2 * maxMessageSize),
  unreadReplies: sendHardCap + maxMessageSize,
};

/** What one connection does to make the server keep as much as it can. */
export interface Hog {
  readonly isAuthenticated: boolean;
  /** Bytes of the heap and of buffers. */
  readonly bound: number;
  /** How many handlers work for it in the end. */
  readonly handlersInFlight: number;
  grab(peer: RawSocket, target: Target, probe: RawSocket): Promise<void>;
}

const stranger = { isAuthenticated: false, handlersInFlight: 0 };
const client = { isAuthenticated: true, handlersInFlight: 0 };
const nothing = () => Promise.resolve();

export const HOGS = {
  'unauthenticated, idle': { ...stranger, bound: BOUNDS.idle, grab: nothing },

  'unauthenticated, a message byte by byte': {
    ...stranger,
    bound: BOUNDS.idle + BOUNDS.unfinishedMessage(SMALL_MESSAGE, SMALL_PIECES),
    grab: (peer, _target, probe) => writeInPieces(peer, SMALL_MESSAGE, SMALL_PIECES, probe),
  },

  'unauthenticated, fragments among pongs': {
    ...stranger,
    bound: BOUNDS.idle + BOUNDS.unfinishedMessage(SMALL_MESSAGE, FRAGMENTS),
    grab: writeFragmentsAmongPongs,
  },

  'unauthenticated, messages behind a slow auth': {
    ...stranger,
    bound: BOUNDS.waitingForAuth + 256 * KIB,
    async grab(peer, target) {
      const auth = await sealedAuth(target, { authDelay: 2 ** 31 - 1 });
      peer.key = await globalKey(target.authKey);
      const others = Array.from({ length: 19 }, () => peer.sealedText(expensive(SMALL_MESSAGE)));
      peer.write(Buffer.concat([rawFrame({ payload: auth }), ...others]));
      await peer.writable();
    },
  },

  'authenticated, idle': { ...client, bound: BOUNDS.idle, grab: nothing },

  'authenticated, a message in small pieces': {
    ...client,
    bound: BOUNDS.unfinishedMessage(LARGE_MESSAGE, LARGE_PIECES),
    grab: (peer, _target, probe) => writeInPieces(peer, LARGE_MESSAGE, LARGE_PIECES, probe),
  },

  'authenticated, fragments among pongs': {
    ...client,
    bound: BOUNDS.idle + BOUNDS.unfinishedMessage(SMALL_MESSAGE, FRAGMENTS),
    grab: writeFragmentsAmongPongs,
  },

  'authenticated, requests in flight': {
    ...client,
    bound: BOUNDS.requestsInFlight,
    handlersInFlight: 5,
    // The server takes no more than five of them.
    grab: (peer) => holdRequests(peer, 10),
  },

  'authenticated, replies not read': {
    ...client,
    bound: BOUNDS.unreadReplies,
    grab: leaveRepliesUnread,
  },

  'authenticated, requests in flight and replies not read': {
    ...client,
    bound: BOUNDS.requestsInFlight + BOUNDS.unreadReplies,
    handlersInFlight: 4,
    async grab(peer, target, probe) {
      await holdRequests(peer, 4);
      await leaveRepliesUnread(peer, target, probe);
    },
  },
} satisfies Record<string, Hog>;

export type HogName = keyof typeof HOGS;

export const HOG_NAMES = Object.keys(HOGS) as HogName[];

/** Opens so many of them, and resolves when each has what it can get. */
export async function grabMemory(name: HogName, target: Target, count: number): Promise<void> {
  const hog: Hog = HOGS[name];
  const probe = await RawSocket.session(target);
  await inParallel(count, GRABBED_AT_ONCE, async () => {
    const peer = await (hog.isAuthenticated
      ? RawSocket.session(target)
      : RawSocket.open(target.port));
    await hog.grab(peer, target, probe);
    if (!peer.isOpen) throw new Error(`closed with ${peer.closeCode} instead of being kept`);
  });
  probe.destroy();
}

/** A message that never ends, in pieces of which each is read for itself. */
async function writeInPieces(
  peer: RawSocket,
  length: number,
  pieces: number,
  probe: RawSocket,
): Promise<void> {
  const piece = Buffer.alloc(Math.floor((length - 1) / pieces));
  peer.write(rawFrame({ announcedLength: length }));
  for (let sent = 0; sent + piece.length < length; sent += piece.length) {
    peer.write(piece);
    await probe.roundTrip();
  }
}

/** A fragment at the end of a read full of pongs, and more that are kept apart by one pong each. */
async function writeFragmentsAmongPongs(
  peer: RawSocket,
  _target: Target,
  probe: RawSocket,
): Promise<void> {
  const pongs = Buffer.concat(Array<Buffer>(PONGS_PER_READ).fill(PONG));
  peer.write(Buffer.concat([pongs, rawFrame({ fin: false, payload: 'x' })]));
  const more = rawFrame({ opcode: Opcode.Continuation, fin: false, payload: 'x' });
  for (let index = 1; index < FRAGMENTS; index++) {
    peer.write(Buffer.concat([more, PONG]));
    await probe.roundTrip();
  }
}

/** Requests whose data takes far more memory than bytes, for a handler that keeps it. */
function holdRequests(peer: RawSocket, count: number): Promise<void> {
  for (let id = 0; id < count; id++) peer.write(peer.sealedText(expensive(LARGE_MESSAGE, id)));
  return Promise.resolve();
}

/** Asks until the server does not listen any more, because too much waits. */
async function leaveRepliesUnread(
  peer: RawSocket,
  _target: Target,
  probe: RawSocket,
): Promise<void> {
  peer.socket.pause();
  for (let id = 0; id < UNREAD_REPLIES; id++) {
    peer.send({ request: 'big', id, data: UNREAD_REPLY });
    await probe.roundTrip();
  }
}

/** A request of so many bytes, for `hold`, whose data takes as much memory as any. */
function expensive(bytes: number, id = 0): string {
  const head = `{"request":"hold","id":${id},"data":[`;
  const count = Math.floor((bytes - head.length - 64) / (EXPENSIVE_JSON.length + 1));
  return `${head}${`${EXPENSIVE_JSON},`.repeat(count)}0]}`;
}
