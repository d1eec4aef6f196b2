import { GLOBAL_KEY, KEY_ID, PRE_SHARED_KEY } from '../../envelope/key-derivation.js';
import type { ResolvedClientOptions } from '../core/client.options.js';
import { usesAuthKey, type ClientWire } from '../core/client-wire.js';
import { fromBase64url, toBase64url } from './base64url.js';
import { BrowserHello } from './browser-hello.js';
import { insecureContext, noVersion1, noX25519 } from './browser.errors.js';
import type { ClientKeys } from './handshake.js';
import { plainEnvelope } from './plain.envelope.js';
import { generateKeyPair, hkdf, type Bytes } from './web-crypto.js';

/** Derives the keys, once for a client. */
export async function prepareWire(options: ResolvedClientOptions): Promise<ClientWire> {
  const { encryption, padding } = options;
  const keys = encryption ? await keysOf(options) : undefined;
  return {
    envelope: plainEnvelope,
    joinSession: () => plainEnvelope,
    sayHello: async () => keys && BrowserHello.of(keys, padding),
  };
}

/** @throws SocketsError `CANNOT_CONNECT` where the browser has not what it takes */
async function keysOf(options: ResolvedClientOptions): Promise<ClientKeys> {
  const { version, pattern, keyId, identity, serverPublicKey } = options;
  if (version === 1) throw noVersion1();
  await assertX25519();
  const shared = usesAuthKey(options) ? await sharedKeyOf(options.authKey) : undefined;
  return {
    pattern,
    keyId: keyId ?? shared?.id ?? '',
    psk: shared?.psk,
    identity: identity as CryptoKeyPair | undefined,
    serverPublicKey: serverPublicKey === undefined ? undefined : fromBase64url(serverPublicKey),
  };
}

async function assertX25519(): Promise<void> {
  if (!globalThis.crypto?.subtle) throw insecureContext();
  await generateKeyPair().catch((cause: unknown) => {
    throw noX25519(cause);
  });
}

/** PROTOCOL-V2.md, section 3. scrypt is 5 KiB that pages with a token never load. */
async function sharedKeyOf(authKey: string): Promise<{ id: string; psk: Bytes }> {
  const { deriveGlobalKey } = await import('./global-key.js');
  const globalKey = await deriveGlobalKey(authKey, GLOBAL_KEY);
  return {
    id: toBase64url(await hkdf(globalKey, KEY_ID.length, KEY_ID)),
    psk: await hkdf(globalKey, PRE_SHARED_KEY.length, PRE_SHARED_KEY),
  };
}
