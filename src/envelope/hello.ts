import { utf8 } from '../protocol/utf8.js';
import { TAG_LENGTH, X25519_KEY_LENGTH } from './lengths.js';
import { IK, NK, NKpsk0, NNpsk0, type Pattern } from './noise-patterns.js';

/** The WebSocket subprotocol that names version 2. */
export const SUBPROTOCOL = 'nestjs-sockets.v2';

/** What the subprotocol begins with that is the client's hello. */
export const HELLO_PREFIX = 'hello.';
const KEY_ID = /^[\w.-]{0,64}$/;

/** The handshakes that version 2 has: PROTOCOL-V2.md, section 4. */
export type PatternName = 'NNpsk0' | 'NKpsk0' | 'NK' | 'IK';

interface HelloPattern {
  readonly byte: number;
  readonly pattern: Pattern;
  readonly messageLength: number;
}

// Every first message is a public key and a tag, and IK's the client's sealed public key between them.
const SHORT_MESSAGE = X25519_KEY_LENGTH + TAG_LENGTH;
const IK_MESSAGE = SHORT_MESSAGE + X25519_KEY_LENGTH + TAG_LENGTH;

export const HELLO_PATTERNS: Readonly<Record<PatternName, HelloPattern>> = {
  NNpsk0: { byte: 1, pattern: NNpsk0, messageLength: SHORT_MESSAGE },
  NKpsk0: { byte: 2, pattern: NKpsk0, messageLength: SHORT_MESSAGE },
  NK: { byte: 3, pattern: NK, messageLength: SHORT_MESSAGE },
  IK: { byte: 4, pattern: IK, messageLength: IK_MESSAGE },
};

/** Whether both sides must hold a shared key. */
export function takesSharedKey(name: PatternName): boolean {
  return name.endsWith('psk0');
}

/** What a client says within the upgrade request. */
export interface Hello<Bytes extends Uint8Array = Uint8Array> {
  readonly pattern: PatternName;
  readonly keyId: string;
  /** Noise's first message. */
  readonly message: Bytes;
}

/** Whether `id` may name a key. */
export function isKeyId(id: unknown): id is string {
  return typeof id === 'string' && KEY_ID.test(id);
}

/** `pattern | length | key id`, which the prologue has, too. */
export function helloHead(pattern: PatternName, keyId: string): Uint8Array {
  const { byte } = HELLO_PATTERNS[pattern];
  return Uint8Array.of(byte, keyId.length, ...utf8.encode(keyId));
}

/** What both sides must have read alike before they agree on anything. */
export function prologueOf(pattern: PatternName, keyId: string): Uint8Array {
  const name = utf8.encode(`${SUBPROTOCOL}\0`);
  return Uint8Array.of(...name, ...helloHead(pattern, keyId));
}
