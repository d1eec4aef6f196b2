import { generateKeyPairSync } from 'node:crypto';

const X25519_KEY_LENGTH = 32;

/** A key pair for one run of the server, as `npx nestjs-sockets keygen server` prints one to keep. */
export function makeServerKeys(): { serverKey: string; serverPublicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return {
    serverKey: lastBytesOf(privateKey.export({ format: 'der', type: 'pkcs8' })),
    serverPublicKey: lastBytesOf(publicKey.export({ format: 'der', type: 'spki' })),
  };
}

function lastBytesOf(key: Buffer): string {
  return key.subarray(-X25519_KEY_LENGTH).toString('base64url');
}
