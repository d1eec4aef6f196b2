import { BadEnvelopeError } from './bad-envelope.error.js';
import {
  HELLO_PATTERNS,
  HELLO_PREFIX,
  helloHead,
  isKeyId,
  type Hello,
  type PatternName,
} from './hello.js';

const HEAD_LENGTH = 2;
const MAX_KEY_ID_LENGTH = 64;
const MAX_HELLO_LENGTH = HEAD_LENGTH + MAX_KEY_ID_LENGTH + HELLO_PATTERNS.IK.messageLength;
const MAX_HELLO_TEXT = Math.ceil((MAX_HELLO_LENGTH * 4) / 3);

/** The subprotocol to offer beside SUBPROTOCOL. */
export function encodeHello({ pattern, keyId, message }: Hello): string {
  return HELLO_PREFIX + Buffer.concat([helloHead(pattern, keyId), message]).toString('base64url');
}

/** Whether a subprotocol is a hello at all. */
export function isHello(subprotocol: string): boolean {
  return subprotocol.startsWith(HELLO_PREFIX);
}

/**
 * Reads a hello, size first.
 * @throws BadEnvelopeError that says which rule was violated
 */
export function decodeHello(subprotocol: string): Hello<Buffer> {
  const text = subprotocol.slice(HELLO_PREFIX.length);
  if (text.length > MAX_HELLO_TEXT) throw new BadEnvelopeError('the hello is too long');
  const bytes = Buffer.from(text, 'base64url');
  // Node skips what is not base64url, and so would read many texts alike.
  if (bytes.toString('base64url') !== text) throw new BadEnvelopeError('not base64url');
  if (bytes.length < HEAD_LENGTH) throw new BadEnvelopeError('the hello is too short');
  const pattern = patternOf(bytes[0]!);
  const end = HEAD_LENGTH + bytes[1]!;
  const keyId = bytes.toString('latin1', HEAD_LENGTH, end);
  if (keyId.length !== bytes[1] || !isKeyId(keyId)) throw new BadEnvelopeError('no key id');
  const message = bytes.subarray(end);
  if (message.length !== HELLO_PATTERNS[pattern].messageLength) {
    throw new BadEnvelopeError('a hello of the wrong length');
  }
  return { pattern, keyId, message };
}

function patternOf(byte: number): PatternName {
  const names = Object.keys(HELLO_PATTERNS) as PatternName[];
  const name = names.find((candidate) => HELLO_PATTERNS[candidate].byte === byte);
  if (name === undefined) throw new BadEnvelopeError('an unknown pattern');
  return name;
}
