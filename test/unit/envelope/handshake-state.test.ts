import { describe, expect, it } from '@jest/globals';
import type { CipherState } from '../../../src/envelope/cipher-state.js';
import { HandshakeState } from '../../../src/envelope/handshake-state.js';
import { IK, NK, NKpsk0, NNpsk0, type Pattern } from '../../../src/envelope/noise-patterns.js';
import { keyPairFrom, type KeyPair } from '../../../src/envelope/x25519.js';
import { readNoiseVectors, type NoiseVector } from '../../fixtures/vectors.js';

// What the protocol does not use, but was published beside it.
const NN: Pattern = { name: 'NN', knowsResponder: false, messages: [['e'], ['e', 'ee']] };
const withPsk2 = (pattern: Pattern, name: string): Pattern => ({
  ...pattern,
  name,
  messages: [pattern.messages[0], [...pattern.messages[1], 'psk']],
});

const PATTERNS = new Map(
  [
    NN,
    NK,
    IK,
    NNpsk0,
    NKpsk0,
    withPsk2(NN, 'NNpsk2'),
    withPsk2(NK, 'NKpsk2'),
    withPsk2(NNpsk0, 'NNpsk0+psk2'),
  ].map((pattern) => [`Noise_${pattern.name}_25519_AESGCM_SHA256`, pattern]),
);

const published = readNoiseVectors('noise-25519-aesgcm-sha256.json');
const publishedIk = readNoiseVectors('noise-ik-25519-aesgcm-sha256.json');

const hex = (text = '') => Buffer.from(text, 'hex');
const pairOf = (text: string | undefined): KeyPair | undefined =>
  text === undefined ? undefined : keyPairFrom(hex(text));

function initiatorOf(vector: NoiseVector): HandshakeState {
  const known = vector.init_remote_static && hex(vector.init_remote_static);
  return new HandshakeState({
    pattern: PATTERNS.get(vector.protocol_name)!,
    isInitiator: true,
    prologue: hex(vector.init_prologue),
    psks: vector.init_psks?.map(hex) ?? [],
    identity: pairOf(vector.init_static),
    remoteStatic: known || pairOf(vector.resp_static)?.publicKey,
    generate: () => pairOf(vector.init_ephemeral)!,
  });
}

function responderOf(vector: NoiseVector): HandshakeState {
  return new HandshakeState({
    pattern: PATTERNS.get(vector.protocol_name)!,
    isInitiator: false,
    prologue: hex(vector.resp_prologue),
    psks: vector.resp_psks?.map(hex) ?? [],
    identity: pairOf(vector.resp_static),
    generate: () => pairOf(vector.resp_ephemeral)!,
  });
}

function sidesOf(vector: NoiseVector): [HandshakeState, HandshakeState] {
  return [initiatorOf(vector), responderOf(vector)];
}

/** Says every message of the vector, and has the other side read it. */
function replay(vector: NoiseVector): void {
  const sides = sidesOf(vector);
  const [first, second, ...rest] = vector.messages;
  for (const [index, message] of [first!, second!].entries()) {
    const written = sides[index]!.writeMessage(hex(message.payload));
    expect(written.toString('hex')).toBe(message.ciphertext);
    expect(sides[1 - index]!.readMessage(written).toString('hex')).toBe(message.payload);
  }
  for (const side of sides) {
    expect(side.hash.toString('hex')).toBe(vector.handshake_hash ?? side.hash.toString('hex'));
  }
  expect(sides[0].hash).toEqual(sides[1].hash);
  const keys = sides.map((side) => side.split());
  rest.forEach(({ payload, ciphertext }, index) => {
    const sealed = keys[index % 2]!.sending.encrypt(hex(payload));
    expect(sealed.toString('hex')).toBe(ciphertext);
    const receiving: CipherState = keys[(index + 1) % 2]!.receiving;
    expect(receiving.decrypt(sealed).toString('hex')).toBe(payload);
  });
}

describe('HandshakeState', () => {
  it('knows 35 published vectors, and one of IK', () => {
    expect([published.length, publishedIk.length]).toEqual([35, 1]);
  });

  it.each([...published, ...publishedIk].map((vector, index) => [index, vector] as const))(
    'says and understands the published vector %i to the bit',
    (_, vector) => replay(vector),
  );

  it('learns who the initiator is from its first message in IK', () => {
    const [vector] = publishedIk;
    const responder = responderOf(vector!);
    responder.readMessage(hex(vector!.messages[0]!.ciphertext));
    expect(responder.remoteStatic).toEqual(pairOf(vector!.init_static)!.publicKey);
  });

  it('opens no message in which a single bit was changed', () => {
    for (const vector of [publishedIk[0]!, published.find(isNNpsk0)!]) {
      const message = hex(vector.messages[0]!.ciphertext);
      for (let at = 0; at < message.length; at++) {
        // The highest bit, too, which X25519 itself ignores.
        const changed = Buffer.from(message);
        changed[at]! ^= 0x80 >> (at & 7);
        expect(() => responderOf(vector).readMessage(changed)).toThrow();
      }
    }
  });

  it('opens no message that was cut short', () => {
    const message = hex(publishedIk[0]!.messages[0]!.ciphertext);
    for (let length = 0; length < message.length; length++) {
      const cut = message.subarray(0, length);
      expect(() => responderOf(publishedIk[0]!).readMessage(cut)).toThrow();
    }
  });

  it('refuses an ephemeral key that would make the shared secret zero', () => {
    const vector = published.find(isNNpsk0)!;
    const initiator = initiatorOf(vector);
    initiator.writeMessage(Buffer.alloc(0));
    expect(() => initiator.readMessage(Buffer.alloc(48))).toThrow('agrees on nothing');
  });

  it('has no third message', () => {
    const [initiator, responder] = sidesOf(published.find(isNNpsk0)!);
    responder.readMessage(initiator.writeMessage(Buffer.alloc(0)));
    initiator.readMessage(responder.writeMessage(Buffer.alloc(0)));
    expect(() => initiator.writeMessage(Buffer.alloc(0))).toThrow('the handshake is over');
  });
});

function isNNpsk0({ protocol_name }: NoiseVector): boolean {
  return protocol_name === 'Noise_NNpsk0_25519_AESGCM_SHA256';
}
