import { encodingOf } from '../protocol/text-encoding.js';
import type { Envelope } from './envelope.js';

/** Encryption off: the JSON text itself (PROTOCOL.md R2.2). Keeps no state, so one serves all. */
export const plainEnvelope: Envelope = {
  binary: false,
  overhead: 0,
  seal: (text, bytes, target, offset) =>
    offset + target.write(text, offset, encodingOf(text, bytes)),
  open: (frame) => frame,
};
