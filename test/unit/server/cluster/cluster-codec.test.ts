import { describe, expect, it } from '@jest/globals';
import { decodeMessages, encodeMessages } from '../../../../src/server/cluster/cluster-codec.js';
import type { ClusterMessage } from '../../../../src/server/cluster/cluster-message.js';

const to = { rooms: ['tisch:ü'], except: [7, 'muted'] };
const messages: ClusterMessage[] = [
  { head: { kind: 'push', to, name: 'move' }, payload: '{"san":"♞f3"}' },
  { head: { kind: 'push', to, name: 'move' }, payload: undefined },
  { head: { kind: 'push', to, name: 'move' }, payload: Buffer.from([0, 255]) },
  { head: { kind: 'push', to, name: 'move' }, payload: Buffer.alloc(0) },
  { head: { kind: 'node', event: 'up', node: 5 }, payload: undefined },
];

describe('The codec of the cluster', () => {
  it('gives back what it was given', () => {
    expect(decodeMessages(encodeMessages(messages))).toEqual(messages);
    expect(decodeMessages(encodeMessages([]))).toEqual([]);
  });

  it('refuses what is cut off, wherever it is', () => {
    const batch = encodeMessages(messages.slice(0, 1));
    for (let length = 1; length < batch.length; length++) {
      expect(() => decodeMessages(batch.subarray(0, length))).toThrow();
    }
  });
});
