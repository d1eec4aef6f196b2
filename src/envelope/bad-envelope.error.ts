/** A frame that must not be believed. The connection is closed with 4400. */
export class BadEnvelopeError extends Error {
  override readonly name: string = 'BadEnvelopeError';
}
