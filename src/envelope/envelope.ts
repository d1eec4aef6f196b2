import type { BroadcastKey, Outgoing, Plaintext } from './outgoing.js';

/**
 * How the bytes of a message are sealed. Each connection owns one. All that differs between the versions
 * once a connection is made: version 1 (PROTOCOL.md, section 2) seals each message, version 2
 * (PROTOCOL-V2.md, section 5) all messages of a turn as one record.
 */
export interface Envelope {
  /** Whether its frames are binary WebSocket messages. */
  readonly binary: boolean;
  /** Whether a frame holds a record (read it with `readRecord`) instead of one message. */
  readonly isRecord: boolean;
  /** Bytes that sealing adds to the UTF-8 text. */
  readonly overhead: number;
  /** The frame that ends a session, in version 2. */
  goodbye?(code: number, reason: string): Buffer;
  /** Version 2: opens shared records under that key from now on. */
  joinBroadcasts?(key: BroadcastKey): void;
  /** What to seal for the messages of a turn, each as a frame of its own. */
  bundle(messages: readonly Outgoing[]): readonly Plaintext[];
  /**
   * Seals what `bundle()` returned into `target` at `offset`, and returns the offset behind it.
   * @param bytes `Buffer.byteLength(plaintext)`, which whoever made room knows already
   */
  seal(plaintext: Plaintext, bytes: number, target: Buffer, offset: number): number;
  /**
   * The bytes of the text or record that a frame holds, as its sender meant them.
   * @throws BadEnvelopeError when the frame is forged, tampered with, replayed or reflected
   */
  open(frame: Buffer): Buffer;
}
