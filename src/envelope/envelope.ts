/** How the bytes of a message are sealed: PROTOCOL.md, section 2. Each connection owns one. */
export interface Envelope {
  /** Whether its frames are binary WebSocket messages. */
  readonly binary: boolean;
  /** Bytes that sealing adds to the UTF-8 text. */
  readonly overhead: number;
  /**
   * Seals `text` into `target` at `offset`, and returns the offset behind it.
   * @param bytes `Buffer.byteLength(text)`, which whoever made room knows already
   */
  seal(text: string, bytes: number, target: Buffer, offset: number): number;
  /**
   * The bytes of the text that a frame holds, as its sender meant them.
   * @throws BadEnvelopeError when the frame is forged, tampered with, replayed or reflected
   */
  open(frame: Buffer): Buffer;
}

/** A frame that must not be believed. The connection is closed with 4400. */
export class BadEnvelopeError extends Error {
  override readonly name = 'BadEnvelopeError';
}
