import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { answerHello, ClientHandshake } from '../../../src/envelope/noise-handshake.js';
import type { ServerSettings } from '../../../src/envelope/server-settings.js';
import { decodeHello, encodeHello } from '../../../src/envelope/hello-text.js';
import type { PatternName } from '../../../src/envelope/hello.js';
import { generateKeyPair } from '../../../src/envelope/x25519.js';
import { derivePreSharedKey } from '../../../src/envelope/pre-shared-key.js';
import { GLOBAL_KEY_HEX } from '../../fixtures/auth-key.js';
import { beginSession, computeVectors, sealed, type V2Vectors } from '../../fixtures/v2-vectors.js';
import { readVectorFile } from '../../fixtures/vectors.js';

const vectors = readVectorFile('v2.json') as V2Vectors;
const PATTERNS: readonly PatternName[] = ['NNpsk0', 'NKpsk0', 'NK', 'IK'];
const SETTINGS: ServerSettings = { maxMessageSize: 1_000, heartBeatInterval: null };
const { id: keyId, psk } = derivePreSharedKey(Buffer.from(GLOBAL_KEY_HEX, 'hex'));
const server = generateKeyPair();
const device = generateKeyPair();

function clientOf(pattern: PatternName, own: object = {}): ClientHandshake {
  const shared = { psk, identity: device, serverPublicKey: server.publicKey };
  return new ClientHandshake({ ...shared, pattern, keyId, ...own });
}

function answer(hello: string, own: object = {}) {
  return answerHello(decodeHello(hello), { psk, identity: server, ...own }, SETTINGS);
}

describe.each(PATTERNS)('a handshake in %s', (pattern) => {
  it('agrees on keys for both directions, and tells the settings', () => {
    const client = clientOf(pattern);
    const answered = answer(client.hello);
    const joined = client.finish(answered.reply);
    expect(joined.settings).toEqual(SETTINGS);
    const up = Buffer.from(sealed(joined.envelope, '\0up'), 'hex');
    const down = Buffer.from(sealed(answered.envelope, '\0down'), 'hex');
    expect(answered.envelope.open(up).toString()).toBe('\0up');
    expect(joined.envelope.open(down).toString()).toBe('\0down');
  });

  it('opens no reply that was changed or cut', () => {
    const { reply } = answer(clientOf(pattern).hello);
    const client = clientOf(pattern);
    const genuine = answer(client.hello).reply;
    // Of another session, though under the same keys.
    expect(() => client.finish(reply)).toThrow();
    for (let at = 0; at < genuine.length; at += 7) {
      const changed = Buffer.from(genuine);
      changed[at]! ^= 1 << (at & 7);
      const fresh = beginSession(vectors, pattern).client;
      expect(() => fresh.finish(changed)).toThrow();
    }
    expect(() => clientOf(pattern).finish(genuine.subarray(0, 47))).toThrow();
  });

  it('refuses a hello whose key id or pattern was changed on the way', () => {
    const hello = decodeHello(clientOf(pattern).hello);
    expect(() => answer(encodeHello({ ...hello, keyId: 'other' }))).toThrow();
    for (const other of PATTERNS.filter((name) => name !== pattern)) {
      expect(() => answer(encodeHello({ ...hello, pattern: other }))).toThrow();
    }
  });

  it('refuses every hello in which something was changed', () => {
    const genuine = decodeHello(clientOf(pattern).hello);
    const change = fc.record({
      at: fc.nat(genuine.message.length - 1),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ at, mask }) => {
        const message = Buffer.from(genuine.message);
        message[at]! ^= mask;
        expect(() => answer(encodeHello({ ...genuine, message }))).toThrow();
      }),
      { numRuns: 100 },
    );
  });
});

describe('who takes part', () => {
  it('is known to the server in IK', () => {
    expect(answer(clientOf('IK').hello).remoteStatic).toEqual(device.publicKey);
    expect(answer(clientOf('NK').hello).remoteStatic).toBeUndefined();
  });

  it.each(['NNpsk0', 'NKpsk0'] as const)('needs the shared key in %s', (pattern) => {
    const { hello } = clientOf(pattern);
    expect(() => answer(hello, { psk: Buffer.alloc(32, 1) })).toThrow();
  });

  it.each(['NKpsk0', 'NK', 'IK'] as const)('needs the key of this very server in %s', (pattern) => {
    const { hello } = clientOf(pattern);
    expect(() => answer(hello, { identity: generateKeyPair() })).toThrow();
  });
});

describe('the settings', () => {
  it.each([
    'null',
    '[]',
    '{}',
    'x',
    '{"maxMessageSize":0,"heartBeatInterval":1}',
    '{"maxMessageSize":1,"heartBeatInterval":"1"}',
  ])('are refused when they are %s', (text) => {
    const client = clientOf('NNpsk0');
    const settings = { toJSON: () => JSON.parse(text === 'x' ? '"x"' : text) as unknown };
    const { reply } = answerHello(
      decodeHello(client.hello),
      { psk },
      settings as unknown as ServerSettings,
    );
    expect(() => client.finish(reply)).toThrow();
  });
});

describe('our own vectors', () => {
  it('are what both sides say with these keys', () => {
    expect(computeVectors(vectors)).toEqual(vectors);
  });

  it.each(PATTERNS)('open on the other side in %s, to the record after a rekey', (pattern) => {
    const { answered } = beginSession(vectors, pattern);
    const vector = vectors.sessions.find((session) => session.pattern === pattern)!;
    for (const record of vector.clientRecords) answered.envelope.open(Buffer.from(record, 'hex'));
    const { joined } = beginSession(vectors, pattern);
    const filler = Array.from({ length: 1_024 }, (_, index) =>
      sealed(joined.envelope, index < 3 ? plaintextsOf(vector, pattern)[index]! : '\0'),
    );
    for (const record of filler.slice(3)) answered.envelope.open(Buffer.from(record, 'hex'));
    const last = answered.envelope.open(Buffer.from(vector.clientRecordAfterRekey, 'hex'));
    expect(last.toString()).toBe('\0{"request":"heartBeat"}');
  });
});

function plaintextsOf(vector: V2Vectors['sessions'][number], pattern: PatternName): Buffer[] {
  const { answered } = beginSession(vectors, pattern);
  return vector.clientRecords.map((record) => answered.envelope.open(Buffer.from(record, 'hex')));
}
