import type { BroadcastKey, Outgoing, Plaintext } from '../../envelope/outgoing.js';
import type { ServerSettings } from '../../envelope/server-settings.js';
import { takesSharedKey } from '../../envelope/hello.js';
import type { ResolvedClientOptions } from './client.options.js';

/** How the bytes of a client's messages are sealed, as far as its connection has to know. */
export interface ClientEnvelope {
  /** Whether its frames are binary WebSocket messages. */
  readonly binary: boolean;
  /** Whether a frame holds a record (read it with `readRecord`) instead of one message. */
  readonly isRecord: boolean;
  /** Bytes that sealing adds to the UTF-8 text. */
  readonly overhead: number;
  /** What to seal for the messages of a turn, each as a frame of its own. */
  bundle(messages: readonly Outgoing[]): readonly Plaintext[];
  /** The frame of what `bundle()` returned. */
  frame(plaintext: Plaintext): Uint8Array;
  /** The frame that ends a session, in version 2. */
  goodbye(code: number, reason: string): Uint8Array | undefined;
  /** Version 2: opens shared records under that key from now on. */
  joinBroadcasts(key: BroadcastKey): void;
  /**
   * The bytes of the text or record that a frame holds, as its sender meant them.
   * @throws BadEnvelopeError when the frame is forged, tampered with, replayed or reflected
   */
  open(frame: Uint8Array): Uint8Array;
}

/** The beginning of one connection of version 2. */
export interface ClientHello {
  /** The subprotocol to offer. */
  readonly hello: string;
  /** @throws BadEnvelopeError when the reply does not come from who has the keys */
  finish(reply: Uint8Array): {
    readonly envelope: ClientEnvelope;
    readonly settings: ServerSettings;
  };
}

/** How the connections of one client begin, in the version that it speaks. */
export interface ClientWire {
  /** In force until there is a session: in version 1 until `auth` is answered. */
  readonly envelope: ClientEnvelope;
  /** Version 1: the session of the key that came with the reply to `auth`. */
  joinSession(sessionKey: unknown): ClientEnvelope;
  /** Version 2: a hello of its own for each connection. */
  sayHello(): Promise<ClientHello | undefined>;
}

/** Whether the `authKey` is one of the secrets: then `auth` has it, too. */
export function usesAuthKey({
  version,
  pattern,
}: Pick<ResolvedClientOptions, 'version' | 'pattern'>): boolean {
  return version === 1 || takesSharedKey(pattern);
}
