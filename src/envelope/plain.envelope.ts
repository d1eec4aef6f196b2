import { encodingOf } from '../protocol/text-encoding.js';
import type { Envelope } from './envelope.js';

/** Encryption off: the JSON text itself (PROTOCOL.md R2.2). Keeps no state, so one serves all. */
export const plainEnvelope: Envelope = {
  binary: false,
  isRecord: false,
  overhead: 0,
  // Whatever is no text was refused before, to whoever sent it.
  bundle: (messages) => messages as readonly string[],
  seal: (text: string, bytes, target, offset) =>
    offset + target.write(text, offset, encodingOf(text, bytes)),
  open: (frame) => frame,
};
