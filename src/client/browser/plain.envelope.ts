import { utf8 } from '../../protocol/utf8.js';
import type { Plaintext } from '../../envelope/outgoing.js';
import type { ClientEnvelope } from '../core/client-wire.js';

/** Encryption off: the JSON text itself (PROTOCOL.md R2.2). Keeps no state, so one serves all. */
export const plainEnvelope: ClientEnvelope = {
  binary: false,
  isRecord: false,
  overhead: 0,
  // Whatever is no text was refused before, to whoever sent it.
  bundle: (messages) => messages as readonly string[],
  frame: (text: Plaintext) => utf8.encode(text as string),
  goodbye: () => undefined,
  joinBroadcasts: () => undefined,
  open: (frame) => frame,
};
