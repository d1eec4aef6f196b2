import type { SentMessage } from '../protocol/sent-message.js';

/** A key that many receivers share: PROTOCOL-V2.md, section 6. */
export interface BroadcastKey {
  readonly epoch: number;
  /** Of the next record under it. */
  readonly number: number;
  readonly key: Uint8Array;
}

/** Tells one receiver the key of the shared records to come. */
export class BroadcastKeyMessage {
  readonly length = 32;

  constructor(readonly broadcastKey: BroadcastKey) {}
}

/** A record that was sealed once for all who get it. */
export class SharedRecord {
  /** The whole WebSocket frame, made by whoever writes it first. */
  frame: Uint8Array | undefined;

  constructor(readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }
}

/** What is sealed for one connection alone; what is no text needs version 2. */
export type Outgoing = SentMessage | BroadcastKeyMessage;

/** What an envelope seals of it. */
export type Plaintext = string | Uint8Array;
