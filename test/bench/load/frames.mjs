// WebSocket frames (RFC 6455, 5.2) as a client writes and reads them: no more than a load needs.
import { randomBytes } from 'node:crypto';

export const Opcode = { Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 };

const FINAL = 0x80;
const MASKED = 0x80;
const mask = randomBytes(4);

function headerLengthOf(length) {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/**
 * @param {number} opcode
 * @param {Buffer} payload
 * @returns {Buffer} one masked frame
 */
export function clientFrame(opcode, payload) {
  const { length } = payload;
  const headerLength = headerLengthOf(length);
  const frame = Buffer.allocUnsafe(headerLength + 4 + length);
  frame[0] = FINAL | opcode;
  if (headerLength === 2) frame[1] = MASKED | length;
  else if (headerLength === 4) {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(mask, headerLength);
  const start = headerLength + 4;
  for (let index = 0; index < length; index++) {
    frame[start + index] = payload[index] ^ mask[index & 3];
  }
  return frame;
}

function payloadLengthAt(bytes, offset, headerLength) {
  if (headerLength === 2) return bytes[offset + 1];
  if (headerLength === 4) return bytes.readUInt16BE(offset + 2);
  return Number(bytes.readBigUInt64BE(offset + 2));
}

/** Cuts what a server writes into frames. */
export class FrameReader {
  #rest = null;

  /**
   * @param {Buffer} chunk
   * @param {(opcode: number, payload: Buffer) => void} onFrame
   */
  read(chunk, onFrame) {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let offset = 0;
    while (bytes.length - offset >= 2) {
      const short = bytes[offset + 1];
      if (short >= MASKED) throw new Error('the server sent a masked frame');
      const headerLength = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - offset < headerLength) break;
      const start = offset + headerLength;
      const end = start + payloadLengthAt(bytes, offset, headerLength);
      if (bytes.length < end) break;
      onFrame(opcodeOf(bytes[offset]), bytes.subarray(start, end));
      offset = end;
    }
    this.#rest = offset < bytes.length ? bytes.subarray(offset) : null;
  }
}

function opcodeOf(byte) {
  const opcode = byte & 0x0f;
  if (byte !== (FINAL | opcode) || opcode === 0) {
    throw new Error('the server sent a fragmented or extended frame');
  }
  return opcode;
}
