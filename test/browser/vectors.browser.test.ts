import { describe, expect, it } from '@jest/globals';
import { BrowserHello } from '../../src/client/browser/browser-hello.js';
import type { RecordChannel } from '../../src/client/browser/record-channel.js';
import type { Bytes } from '../../src/client/browser/web-crypto.js';
import type { V2Vector, V2Vectors } from '../fixtures/v2-vectors.js';
import { readVectorFile } from '../fixtures/vectors.js';

const vectors = readVectorFile('v2.json') as V2Vectors;
const PKCS8_HEAD = '302e020100300506032b656e04220420';

/** Node has WebCrypto, too, so what a browser does is computed here, as the vectors say. */
async function keyPairOf(privateKey: string): Promise<CryptoKeyPair> {
  const pkcs8 = hex(PKCS8_HEAD + privateKey);
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', true, ['deriveBits']);
  const { x } = await crypto.subtle.exportKey('jwk', key);
  const jwk = { kty: 'OKP', crv: 'X25519', x: x! };
  return {
    privateKey: key,
    publicKey: await crypto.subtle.importKey('jwk', jwk, 'X25519', true, []),
  };
}

function hex(text: string): Bytes {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

async function begin({ pattern }: V2Vector): Promise<BrowserHello> {
  const usesPsk = pattern.endsWith('psk0');
  const keys = {
    pattern,
    keyId: usesPsk ? vectors.keyId : '',
    psk: usesPsk ? hex(vectors.psk) : undefined,
    identity: await keyPairOf(vectors.clientStatic),
    serverPublicKey: hex(vectors.serverStaticPublic),
    generate: () => keyPairOf(vectors.clientEphemeral),
  };
  return BrowserHello.of(keys, 0);
}

async function join(vector: V2Vector): Promise<RecordChannel> {
  const hello = await begin(vector);
  const channel = await hello.agree(hex(vector.reply));
  expect(hello.finish().settings).toEqual(vectors.settings);
  return channel!;
}

describe.each(vectors.sessions)('$pattern in WebCrypto', (vector) => {
  it('says the hello of the vectors', async () => {
    expect((await begin(vector)).hello).toBe(vector.hello);
  });

  it('opens the server’s records, in their order only', async () => {
    const channel = await join(vector);
    const [first, ...others] = vector.serverRecords.map(hex);
    await expect(channel.open(others[0]!)).rejects.toThrow();
    expect(Buffer.from(await channel.open(first!)).toString()).toContain('"response":"success"');
    await expect(channel.open(first!)).rejects.toThrow();
    for (const record of others) await channel.open(record);
  });

  it('opens no reply that was changed', async () => {
    for (let at = 0; at < vector.reply.length / 2; at += 5) {
      const reply = hex(vector.reply);
      reply[at]! ^= 1;
      const hello = await begin(vector);
      expect(await hello.agree(reply)).toBeUndefined();
      expect(() => hello.finish()).toThrow();
    }
  });

  it('seals the record after the first rekey as the vectors do', async () => {
    const channel = await join(vector);
    const text = (value: string) => new TextEncoder().encode(value);
    for (let count = 0; count < 1_024; count++) await channel.seal(text('\0'));
    const record = await channel.seal(text('\0{"request":"heartBeat"}'));
    expect(Buffer.from(record).toString('hex')).toBe(vector.clientRecordAfterRekey);
  });
});
