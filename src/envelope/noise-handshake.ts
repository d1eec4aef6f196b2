import { BadEnvelopeError } from './bad-envelope.error.js';
import { encodeHello } from './hello-text.js';
import { HELLO_PATTERNS, prologueOf, type Hello, type PatternName } from './hello.js';
import { HandshakeState } from './handshake-state.js';
import { readSettings, type ServerSettings } from './server-settings.js';
import type { KeyPair } from './x25519.js';
import { RecordEnvelope } from './record.envelope.js';

const NOTHING = Buffer.alloc(0);

/** What a client has agreed on, or a server with it. */
export interface AgreedSession {
  readonly envelope: RecordEnvelope;
  /** The other side's static public key, where the pattern has one. */
  readonly remoteStatic: Buffer | undefined;
}

interface Keys {
  readonly psk?: Buffer | undefined;
  /** This side's static key pair. */
  readonly identity?: KeyPair | undefined;
  /** Makes the ephemeral key pair. Only test vectors have their own. */
  readonly generate?: (() => KeyPair) | undefined;
}

/** What a client brings. */
export interface ClientKeys extends Keys {
  readonly pattern: PatternName;
  readonly keyId: string;
  /** The server's static public key, for all patterns but NNpsk0. */
  readonly serverPublicKey?: Buffer | undefined;
}

/** The client's side: hello, then the server's reply. */
export class ClientHandshake {
  /** The subprotocol to offer. */
  readonly hello: string;
  private readonly state: HandshakeState;

  constructor(
    keys: ClientKeys,
    private readonly padding = 0,
  ) {
    const { pattern, keyId } = keys;
    this.state = stateOf(keys, pattern, keyId, true, keys.serverPublicKey);
    this.hello = encodeHello({ pattern, keyId, message: this.state.writeMessage(NOTHING) });
  }

  /** @throws BadEnvelopeError when it does not come from who has the keys */
  finish(reply: Buffer): AgreedSession & { readonly settings: ServerSettings } {
    const settings = readSettings(this.state.readMessage(reply).toString('utf8'));
    return { ...sessionOf(this.state, this.padding, settings.maxMessageSize), settings };
  }
}

/**
 * The server's side, in one go.
 * @returns the session, and what to send as the first WebSocket message
 * @throws BadEnvelopeError when the hello does not come from who has the keys
 */
export function answerHello(
  { pattern, keyId, message }: Hello<Buffer>,
  keys: Keys,
  settings: ServerSettings,
  padding = 0,
): AgreedSession & { readonly reply: Buffer } {
  const state = stateOf(keys, pattern, keyId, false);
  if (state.readMessage(message).length > 0) throw new BadEnvelopeError('a hello with a payload');
  const reply = state.writeMessage(Buffer.from(JSON.stringify(settings)));
  return { ...sessionOf(state, padding), reply };
}

function stateOf(
  { psk, identity, generate }: Keys,
  name: PatternName,
  keyId: string,
  isInitiator: boolean,
  remoteStatic?: Buffer,
): HandshakeState {
  const { pattern } = HELLO_PATTERNS[name];
  const psks = psk ? [psk] : [];
  const prologue = prologueOf(name, keyId);
  const known = pattern.knowsResponder ? remoteStatic : undefined;
  return new HandshakeState({
    pattern,
    isInitiator,
    prologue,
    psks,
    identity,
    remoteStatic: known,
    generate,
  });
}

function sessionOf(state: HandshakeState, padding: number, maxRecord?: number): AgreedSession {
  const { sending, receiving } = state.split();
  return {
    envelope: new RecordEnvelope(sending, receiving, padding, maxRecord),
    remoteStatic: state.remoteStatic,
  };
}
