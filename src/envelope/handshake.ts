import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { BadEnvelopeError } from './bad-envelope.error.js';
import type { Envelope } from './envelope.js';
import { CountedIvs, RandomIvs } from './iv-source.js';
import { IvWindow } from './iv-window.js';
import { GLOBAL_KEY } from './key-derivation.js';
import { takeRandom } from './random-pool.js';
import { plainEnvelope } from './plain.envelope.js';
import { SealedEnvelope } from './sealed.envelope.js';
import { SessionIvs } from './session-ivs.js';

const KEY_LENGTH = GLOBAL_KEY.length;

/** How many ivs are remembered, to refuse replayed frames. 0 remembers none. */
export interface ReplayWindows {
  /** Under the global key: one window for all connections of this process. */
  handshake: number;
  /** Under a session key: one window for each connection. */
  session: number;
}

/** A session that began: its envelope and, when there is one, the key to send to the peer. */
export interface Session {
  envelope: Envelope;
  /** Base64. */
  sessionKey?: string;
}

/** How a session starts: PROTOCOL.md, section 3. One serves all connections of a process. */
export interface Handshake {
  /** In force until authentication succeeded. */
  readonly envelope: Envelope;
  /** On the server: a session under a new key. */
  startSession(): Session;
  /** On the client: the session that the server's reply to `auth` opened. */
  joinSession(sessionKey: unknown): Session;
}

/** The global key of PROTOCOL.md R3.1. Takes about 50 ms, off the event loop. */
export async function deriveGlobalKey(authKey: string): Promise<Buffer> {
  return (await promisify(scrypt)(authKey, GLOBAL_KEY.salt, KEY_LENGTH)) as Buffer;
}

/** Encryption off: nothing is derived, nothing is agreed on. */
export const plainHandshake: Handshake = {
  envelope: plainEnvelope,
  startSession: () => ({ envelope: plainEnvelope }),
  joinSession: () => ({ envelope: plainEnvelope }),
};

/** Encryption on: the global key first, then a session key for each connection. */
export class SealedHandshake implements Handshake {
  readonly envelope: Envelope;

  constructor(
    globalKey: Buffer,
    private readonly windows: ReplayWindows,
  ) {
    const seen = new IvWindow(windows.handshake);
    this.envelope = new SealedEnvelope(globalKey, new RandomIvs(seen), seen);
  }

  startSession(): Session {
    // Not from the pool that Node shares between buffers: whatever else is there may be sent.
    const key = Buffer.allocUnsafeSlow(KEY_LENGTH);
    takeRandom(key, 0, KEY_LENGTH);
    return { envelope: this.sessionEnvelope(key), sessionKey: key.toString('base64') };
  }

  joinSession(sessionKey: unknown): Session {
    const key = Buffer.from(typeof sessionKey === 'string' ? sessionKey : '', 'base64');
    if (key.length !== KEY_LENGTH) throw new BadEnvelopeError('no session key of 32 bytes');
    return { envelope: this.sessionEnvelope(key) };
  }

  private sessionEnvelope(key: Buffer): Envelope {
    return new SealedEnvelope(key, new CountedIvs(), new SessionIvs(this.windows.session));
  }
}
