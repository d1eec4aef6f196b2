import { randomBytes, randomInt } from 'node:crypto';
import { closeFrame, fragments, Opcode, rawFrame } from './raw-frame.js';
import { RawSocket } from './raw-socket.js';

const MIB = 1024 * 1024;

/** Bytes that violate RFC 6455 or the protocol above it, and how the server may answer them. */
export interface Violation {
  readonly what: string;
  /** What goes over the TCP socket after the upgrade, write by write. */
  readonly bytes: () => readonly Buffer[];
  /** The close codes that tell the peer why. */
  readonly codes: readonly number[];
}

function violation(what: string, code: number | number[], ...bytes: Buffer[]): Violation {
  return { what, bytes: () => bytes, codes: [code].flat() };
}

const ping = { opcode: Opcode.Ping };
const text = { opcode: Opcode.Text };
const more = { opcode: Opcode.Continuation };
const NOT_UTF8 = Buffer.from('c328a0a1', 'hex');

const FRAMING = [
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) =>
    violation(`reserved bits ${rsv}`, 1002, rawFrame({ rsv, payload: 'x' })),
  ),
  violation('a ping with a reserved bit', 1002, rawFrame({ ...ping, rsv: 4 })),
  violation('a close with a reserved bit', 1002, rawFrame({ opcode: Opcode.Close, rsv: 4 })),
  violation('a frame without a mask', 1002, rawFrame({ masked: false, payload: 'x' })),
  violation('a ping without a mask', 1002, rawFrame({ ...ping, masked: false })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    violation(`the reserved opcode ${opcode}`, 1002, rawFrame({ opcode, payload: 'x' })),
  ),
  violation('random bytes', [1002, 1007, 1008, 1009, 4400], Buffer.from('ff00ff00ff00', 'hex')),
  violation('an HTTP request in place of frames', [1002], Buffer.from('GET / HTTP/1.1\r\n\r\n')),
  violation('a TLS handshake in place of frames', [1002], Buffer.from('16030100c8010000c4', 'hex')),
];

const FRAGMENTATION = [
  violation('a fragmented ping', 1002, rawFrame({ ...ping, fin: false })),
  violation('a fragmented close', 1002, rawFrame({ opcode: Opcode.Close, fin: false })),
  violation('a ping of 126 bytes', 1002, rawFrame({ ...ping, payload: 'x'.repeat(126) })),
  violation('a stray continuation', 1002, rawFrame({ ...more, payload: 'x' })),
  violation('a stray continuation that goes on', 1002, rawFrame({ ...more, fin: false })),
  violation(
    'a second message inside a fragmented one',
    1002,
    rawFrame({ fin: false, payload: 'x' }),
    rawFrame({ payload: 'y' }),
  ),
  {
    what: 'thousands of fragments of one byte',
    bytes: () => [Buffer.concat(fragments(randomBytes(4_000), 1))],
    codes: [1008],
  },
  {
    what: 'thousands of empty fragments',
    bytes: () => [
      rawFrame({ fin: false }),
      Buffer.concat(Array<Buffer>(5_000).fill(rawFrame({ ...more, fin: false }))),
    ],
    codes: [1008],
  },
];

const UTF8 = [
  violation('a text that is not UTF-8', 1007, rawFrame({ ...text, payload: NOT_UTF8 })),
  violation(
    'a text that is not UTF-8, in fragments',
    1007,
    rawFrame({ ...text, fin: false, payload: NOT_UTF8.subarray(0, 1) }),
    rawFrame({ ...more, payload: NOT_UTF8.subarray(1) }),
  ),
  violation('a close reason that is not UTF-8', 1007, closeFrame(1000, NOT_UTF8)),
];

const CLOSING = [
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) =>
    violation(`the close code ${code}`, 1002, closeFrame(code)),
  ),
  violation('a close of one byte', 1002, rawFrame({ opcode: Opcode.Close, payload: 'x' })),
  violation('a close of 126 bytes', 1002, closeFrame(1000, 'x'.repeat(124))),
];

const SIZES = [
  violation('a header of 14 bytes that announces 101 MiB', 1009, header(101 * MIB)),
  violation('a header that announces 2^53 bytes', 1009, header(2 ** 53)),
  violation('a frame one byte over the limit', 1009, rawFrame({ payload: Buffer.alloc(4_097) })),
  violation(
    'fragments that are too large together',
    1009,
    ...fragments(Buffer.alloc(4_097), 1_024),
  ),
];

const ENVELOPES = [
  violation('a text where binary is due', 4400, rawFrame({ ...text, payload: '{}' })),
  violation('an empty message', 4400, rawFrame()),
  violation('a message too short for an envelope', 4400, rawFrame({ payload: Buffer.alloc(27) })),
  {
    what: 'a sealed message under no key at all',
    bytes: () => [rawFrame({ payload: randomBytes(100) })],
    codes: [4400],
  },
];

/** One of each kind, in the spirit of the Autobahn test suite. */
export const VIOLATIONS: readonly Violation[] = [
  ...FRAMING,
  ...FRAGMENTATION,
  ...UTF8,
  ...CLOSING,
  ...SIZES,
  ...ENVELOPES,
];

/** Only the header: nothing of what it announces. */
function header(announcedLength: number): Buffer {
  return rawFrame({ announcedLength });
}

/**
 * Commits one: each in turn, and random frames every other time. Resolves with what the server did
 * wrong, if anything.
 */
export async function commitOne(index: number, port: number): Promise<string | undefined> {
  if (index % 2 === 1) {
    await commitRandom(port);
    return undefined;
  }
  const violation = VIOLATIONS[(index / 2) % VIOLATIONS.length]!;
  const code = await commit(violation, port);
  if (code !== undefined && violation.codes.includes(code)) return undefined;
  return `${violation.what}: closed with ${code}`;
}

/** Commits it on a connection of its own, and resolves with the close code that came. */
export async function commit({ bytes }: Violation, port: number): Promise<number | undefined> {
  const peer = await RawSocket.open(port);
  for (const part of bytes()) peer.write(part);
  return peer.untilEnded();
}

/** Frames with random fields and payloads; it ends the connection itself when the server does not. */
export async function commitRandom(port: number): Promise<void> {
  const peer = await RawSocket.open(port);
  for (let count = randomInt(1, 6); count > 0; count--) peer.write(randomFrame());
  // Mid-frame, so that whatever is unfinished stays so.
  peer.socket.end(randomBytes(randomInt(0, 8)));
  await peer.untilEnded();
}

function randomFrame(): Buffer {
  return rawFrame({
    opcode: randomInt(16),
    fin: randomInt(4) > 0,
    rsv: randomInt(4) > 0 ? 0 : randomInt(8),
    masked: randomInt(8) > 0,
    payload: randomBytes(randomInt(200)),
    ...(randomInt(8) === 0 && { announcedLength: randomInt(2 ** 40) }),
  });
}
