import { describe, expect, it } from '@jest/globals';
import { BadEnvelopeError } from '../../../src/envelope/bad-envelope.error.js';
import type { Envelope } from '../../../src/envelope/envelope.js';
import {
  deriveGlobalKey,
  plainHandshake,
  SealedHandshake,
} from '../../../src/envelope/handshake.js';
import { AUTH_KEY, GLOBAL_KEY_HEX } from '../../fixtures/auth-key.js';

const WINDOWS = { handshake: 16, session: 16 };

async function handshake(authKey = AUTH_KEY): Promise<SealedHandshake> {
  return new SealedHandshake(await deriveGlobalKey(authKey), WINDOWS);
}

function carry(text: string, from: Envelope, to: Envelope): string {
  const frame = Buffer.alloc(from.overhead + Buffer.byteLength(text));
  from.seal(text, Buffer.byteLength(text), frame, 0);
  return to.open(frame).toString();
}

describe('deriveGlobalKey', () => {
  it.each([
    [AUTH_KEY, GLOBAL_KEY_HEX],
    ['AUTH_KEY', '63b96921b17f2cf1f919903b3b40b8ec471128963071034e946fe04887cae3d0'],
    ['schlüssel-mit-ümlauten', 'd6336ae65128c7f5b3bb87c0f711f1908b111a48412c9585043d4688571bf4c1'],
  ])('derives from %s what another implementation does (R3.1)', async (authKey, expected) => {
    expect((await deriveGlobalKey(authKey)).toString('hex')).toBe(expected);
  });
});

describe('SealedHandshake', () => {
  it('lets two sides with the same authKey read each other before a session (R3.3)', async () => {
    const [server, client] = await Promise.all([handshake(), handshake()]);
    expect(carry('{"request":"auth"}', client.envelope, server.envelope)).toBe(
      '{"request":"auth"}',
    );
  });

  it('keeps sides with different authKeys apart (D2)', async () => {
    const [server, client] = await Promise.all([handshake(), handshake('another-shared-key')]);
    expect(() => carry('{}', client.envelope, server.envelope)).toThrow(BadEnvelopeError);
  });

  it('gives a session key of 32 bytes in padded base64, with which the other side joins (R3.2)', async () => {
    const [server, client] = await Promise.all([handshake(), handshake()]);
    const session = server.startSession();
    expect(session.sessionKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    const joined = client.joinSession(session.sessionKey);
    expect(carry('"to the server"', joined.envelope, session.envelope)).toBe('"to the server"');
    expect(carry('"to the client"', session.envelope, joined.envelope)).toBe('"to the client"');
  });

  it('makes a new key for every session (R3.2)', async () => {
    const server = await handshake();
    const [one, other] = [server.startSession(), server.startSession()];
    expect(one.sessionKey).not.toBe(other.sessionKey);
    expect(() => carry('{}', one.envelope, other.envelope)).toThrow(BadEnvelopeError);
  });

  it('does not seal a session under the global key (R3.3)', async () => {
    const server = await handshake();
    const { envelope } = server.startSession();
    const other = await handshake();
    expect(() => carry('{}', envelope, other.envelope)).toThrow(BadEnvelopeError);
  });

  it.each([
    undefined,
    null,
    7,
    '',
    'AAAA',
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
  ])('refuses to join a session with the key %p (R3.2)', async (sessionKey) => {
    const client = await handshake();
    expect(() => client.joinSession(sessionKey)).toThrow('no session key of 32 bytes');
  });

  it('remembers frames under the global key for all connections together (R2.5)', async () => {
    const [server, client] = await Promise.all([handshake(), handshake()]);
    const frame = Buffer.alloc(client.envelope.overhead + 2);
    client.envelope.seal('{}', 2, frame, 0);
    server.envelope.open(frame);
    server.startSession();
    expect(() => server.envelope.open(frame)).toThrow(new BadEnvelopeError('replayed'));
  });
});

describe('plainHandshake', () => {
  it('has no keys at all (R3.4)', () => {
    const session = plainHandshake.startSession();
    expect(session).not.toHaveProperty('sessionKey');
    expect(session.envelope).toBe(plainHandshake.envelope);
    expect(plainHandshake.joinSession(undefined).envelope).toBe(session.envelope);
  });
});
