import { readRecord } from '../../../dist/envelope/record.js';
import { deriveGlobalKey } from '../../../dist/envelope/handshake.js';
import { ClientHandshake } from '../../../dist/envelope/noise-handshake.js';
import { derivePreSharedKey } from '../../../dist/envelope/pre-shared-key.js';

const SUBPROTOCOL = 'nestjs-sockets.v2';

/** The keys of version 2, made once for all connections: PROTOCOL-V2.md, pattern NNpsk0. */
export async function prepareHellos(authKey) {
  const { id: keyId, psk } = derivePreSharedKey(await deriveGlobalKey(authKey));
  return () => new RecordSession(new ClientHandshake({ pattern: 'NNpsk0', keyId, psk }));
}

/** What a load connection does in version 2: one record for all that it sends at a time. */
export class RecordSession {
  #handshake;
  #envelope = null;

  constructor(handshake) {
    this.#handshake = handshake;
  }

  get subprotocols() {
    return `${SUBPROTOCOL}, ${this.#handshake.hello}`;
  }

  /** @param {string[]} texts @returns {Buffer[]} */
  seal(texts) {
    return this.#envelope.bundle(texts).map((plaintext) => {
      const bytes = Buffer.byteLength(plaintext);
      const record = Buffer.allocUnsafe(this.#envelope.overhead + bytes);
      this.#envelope.seal(plaintext, bytes, record, 0);
      return record;
    });
  }

  /** The messages of a record, or `null` for the reply to the hello. @param {Buffer} payload */
  open(payload) {
    if (!this.#envelope) {
      this.#envelope = this.#handshake.finish(payload).envelope;
      return null;
    }
    const record = readRecord(this.#envelope.open(payload));
    if (record.lines) return [...record.lines].map(String);
    if (record.key) this.#envelope.joinBroadcasts(record);
    return [];
  }
}
