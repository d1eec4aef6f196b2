import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BadEnvelopeError } from '../../../src/envelope/bad-envelope.error.js';
import { CipherState } from '../../../src/envelope/cipher-state.js';
import { MAX_COUNT } from '../../../src/envelope/record-types.js';
import { RecordEnvelope } from '../../../src/envelope/record.envelope.js';
import {
  SharedBroadcastReceiver,
  SharedBroadcastSender,
} from '../../../src/envelope/shared-broadcast.js';
import { sealed } from '../../fixtures/v2-vectors.js';

const [UP, DOWN] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

function sides(): { client: RecordEnvelope; server: RecordEnvelope } {
  return {
    client: new RecordEnvelope(new CipherState(UP), new CipherState(DOWN)),
    server: new RecordEnvelope(new CipherState(DOWN), new CipherState(UP)),
  };
}

function seal(envelope: RecordEnvelope, text: string): Buffer {
  return Buffer.from(sealed(envelope, text), 'hex');
}

describe('the records of a session', () => {
  it('open in order, over several rekeys', () => {
    const { client, server } = sides();
    for (let count = 0; count < 3_000; count++) {
      expect(server.open(seal(client, `\0${count}♞`)).toString()).toBe(`\0${count}♞`);
    }
  });

  it('never repeat themselves', () => {
    const { client } = sides();
    const records = Array.from({ length: 2_100 }, () => seal(client, '\0same').toString('hex'));
    expect(new Set(records).size).toBe(records.length);
  });

  it('do not open a second time, out of order, after one that is missing, or where they come from', () => {
    const { client, server } = sides();
    const [first, second, third] = ['a', 'b', 'c'].map((text) => seal(client, `\0${text}`));
    expect(() => server.open(second!)).toThrow(BadEnvelopeError);
    server.open(first!);
    expect(() => server.open(first!)).toThrow(BadEnvelopeError);
    expect(() => server.open(third!)).toThrow(BadEnvelopeError);
    expect(() => client.open(second!)).toThrow(BadEnvelopeError);
    expect(() => sides().client.open(seal(server, '\0'))).not.toThrow();
  });

  it('do not open when they were changed or cut, wherever', () => {
    const { client, server } = sides();
    const record = seal(client, '\0{"request":"echo","data":"text"}');
    fc.assert(
      fc.property(
        fc.nat(record.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(record.length - 1),
        (at, mask, length) => {
          const changed = Buffer.from(record);
          changed[at]! ^= mask;
          expect(() => server.open(changed)).toThrow(BadEnvelopeError);
          expect(() => server.open(record.subarray(0, length))).toThrow(BadEnvelopeError);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(server.open(record).toString()).toContain('echo');
  });

  it('end before their numbers do', () => {
    const last = new CipherState(UP, MAX_COUNT - 1);
    last.encrypt(Buffer.from('last'));
    expect(() => last.encrypt(Buffer.from('one more'))).toThrow('used up');
    expect(() => last.decrypt(Buffer.alloc(20))).toThrow('used up');
  });

  it('count beyond 2^32 in the high half of the nonce', () => {
    const record = new CipherState(UP, 2 ** 32 + 5).encrypt(Buffer.from('x'));
    expect(() => new CipherState(UP, 5).decrypt(record)).toThrow(BadEnvelopeError);
    expect(new CipherState(UP, 2 ** 32 + 5).decrypt(record).toString()).toBe('x');
  });
});

describe('shared broadcasts', () => {
  const plaintext = Buffer.from('\0{"request":"news","data":1}');

  it('are sealed once, and open for everybody who got the key, from then on', () => {
    const sender = new SharedBroadcastSender(7);
    const early = new SharedBroadcastReceiver(sender.broadcastKey);
    const first = sender.seal(plaintext);
    const late = new SharedBroadcastReceiver(sender.broadcastKey);
    const second = sender.seal(plaintext);
    expect([first, second].map((record) => early.open(record))).toEqual([plaintext, plaintext]);
    expect(() => late.open(first)).toThrow('out of order');
    expect(late.open(second)).toEqual(plaintext);
  });

  it('do not open when they are replayed, of another epoch, or changed', () => {
    const sender = new SharedBroadcastSender(7);
    const { broadcastKey } = sender;
    const record = sender.seal(plaintext);
    for (let at = 0; at < record.length; at++) {
      const changed = Buffer.from(record);
      changed[at]! ^= 1 << (at & 7);
      const receiver = new SharedBroadcastReceiver(broadcastKey);
      expect(() => receiver.open(changed)).toThrow(BadEnvelopeError);
    }
    const receiver = new SharedBroadcastReceiver(broadcastKey);
    receiver.open(record);
    expect(() => receiver.open(record)).toThrow('out of order');
    expect(() => receiver.open(Buffer.from([1]))).toThrow(BadEnvelopeError);
    const next = new SharedBroadcastSender(8).seal(plaintext);
    expect(() => new SharedBroadcastReceiver(broadcastKey).open(next)).toThrow('another epoch');
  });
});
