import { isUtf8 } from 'node:buffer';
import { BadEnvelopeError, type Envelope } from './envelope.js';

/** Encryption off: the JSON text itself (PROTOCOL.md R2.2). Keeps no state, so one serves all. */
export const plainEnvelope: Envelope = {
  binary: false,
  overhead: 0,
  seal: (text, target, offset) => offset + target.write(text, offset, 'utf8'),
  open(frame) {
    if (!isUtf8(frame)) throw new BadEnvelopeError('not UTF-8');
    return frame.toString('utf8');
  },
};
