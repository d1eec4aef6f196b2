import { deriveGlobalKey, plainHandshake, SealedHandshake } from '../../envelope/handshake.js';
import { ClientHandshake, type ClientKeys } from '../../envelope/noise-handshake.js';
import { derivePreSharedKey } from '../../envelope/pre-shared-key.js';
import { keyPairOf } from '../../options/key-pair.js';
import { DEFAULT_LIMITS } from '../../protocol/limits.js';
import type { ResolvedClientOptions } from '../core/client.options.js';
import { usesAuthKey, type ClientHello, type ClientWire } from '../core/client-wire.js';
import { SealingEnvelope } from './sealing.envelope.js';

/** Derives the keys, once for a client. */
export async function prepareWire(options: ResolvedClientOptions): Promise<ClientWire> {
  const { version, encryption, authKey } = options;
  const handshake =
    encryption && version === 1
      ? new SealedHandshake(await deriveGlobalKey(authKey), WINDOWS)
      : plainHandshake;
  const keys = version === 2 ? await keysOf(options) : undefined;
  return {
    envelope: new SealingEnvelope(handshake.envelope),
    joinSession: (sessionKey) => new SealingEnvelope(handshake.joinSession(sessionKey).envelope),
    sayHello: async () => keys && hello(new ClientHandshake(keys, options.padding)),
  };
}

const WINDOWS = {
  handshake: DEFAULT_LIMITS.authReplayWindow,
  session: DEFAULT_LIMITS.replayWindow,
};

function hello(handshake: ClientHandshake): ClientHello {
  return {
    hello: handshake.hello,
    finish: (reply) => {
      const { envelope, settings } = handshake.finish(reply as Buffer);
      return { envelope: new SealingEnvelope(envelope), settings };
    },
  };
}

async function keysOf(options: ResolvedClientOptions): Promise<ClientKeys> {
  const { pattern, authKey, identity, keyId, serverPublicKey } = options;
  const shared = usesAuthKey(options)
    ? derivePreSharedKey(await deriveGlobalKey(authKey))
    : undefined;
  return {
    pattern,
    keyId: keyId ?? shared?.id ?? '',
    psk: shared?.psk,
    identity: typeof identity === 'string' ? keyPairOf(identity) : undefined,
    serverPublicKey:
      serverPublicKey === undefined ? undefined : Buffer.from(serverPublicKey, 'base64url'),
  };
}
