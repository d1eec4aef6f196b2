import { randomBytes } from 'node:crypto';

/** RFC 6455, 5.2. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;

export interface FrameParts {
  /** @default Binary */
  readonly opcode?: number;
  readonly payload?: Buffer | string;
  /** @default true */
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7. @default 0 */
  readonly rsv?: number;
  /** @default true, as RFC 6455 demands of clients */
  readonly masked?: boolean;
  /** What the header says. @default the payload's length */
  readonly announcedLength?: number;
}

/** The bytes of one frame, right or wrong. */
export function rawFrame(parts: FrameParts = {}): Buffer {
  const { opcode = Opcode.Binary, fin = true, rsv = 0, masked = true } = parts;
  const payload = Buffer.from(parts.payload ?? '');
  const length = encodeLength(parts.announcedLength ?? payload.length);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  length.writeUInt8(length.readUInt8(0) | (masked ? 0x80 : 0), 0);
  const head = [Buffer.of(first), length];
  if (!masked) return Buffer.concat([...head, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([...head, mask, applyMask(payload, mask)]);
}

/** A close frame; without a code its payload is empty. */
export function closeFrame(code?: number, reason: Buffer | string = ''): Buffer {
  if (code === undefined) return rawFrame({ opcode: Opcode.Close });
  const payload = Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
  return rawFrame({ opcode: Opcode.Close, payload });
}

/** One message, cut into frames of so many bytes. */
export function fragments(payload: Buffer, size: number, opcode: number = Opcode.Binary): Buffer[] {
  const count = Math.ceil(payload.length / size);
  return Array.from({ length: count }, (_, index) =>
    rawFrame({
      opcode: index === 0 ? opcode : Opcode.Continuation,
      fin: index === count - 1,
      payload: payload.subarray(index * size, (index + 1) * size),
    }),
  );
}

/** A loop, because a callback for each byte of a large message would slow the attacker down. */
function applyMask(payload: Buffer, mask: Buffer): Buffer {
  const target = Buffer.allocUnsafe(payload.length);
  for (let at = 0; at < payload.length; at++) target[at] = payload[at]! ^ mask[at & 3]!;
  return target;
}

function encodeLength(length: number): Buffer {
  if (length < 126) return Buffer.of(length);
  if (length <= 0xffff) return Buffer.of(126, length >> 8, length & 0xff);
  const long = Buffer.alloc(9);
  long.writeUInt8(127, 0);
  long.writeBigUInt64BE(BigInt(length), 1);
  return long;
}
