import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { decodeMessages } from '../../../../src/server/cluster/cluster-codec.js';
import type { ClusterMessage } from '../../../../src/server/cluster/cluster-message.js';
import { ClusterOutbox } from '../../../../src/server/cluster/cluster-outbox.js';

function push(name: string, payload?: string | Uint8Array): ClusterMessage {
  return { head: { kind: 'push', to: { all: true }, name }, payload };
}

/** An outbox, and what it has sent. */
function outboxOf(isReady = true) {
  const sent: [channel: string, names: string[]][] = [];
  const state = { isReady, dropped: 0 };
  const outbox = new ClusterOutbox({
    isReady: () => state.isReady,
    transmit: (channel, messages) => {
      const names = decodeMessages(messages).map(({ head }) => (head as { name: string }).name);
      sent.push([channel, names]);
    },
    onDropped: () => void state.dropped++,
  });
  return { outbox, sent, state };
}

describe('ClusterOutbox', () => {
  it('sends one frame for each turn and channel, in order', async () => {
    const { outbox, sent } = outboxOf();
    for (const name of ['a', 'b']) outbox.add('all', push(name));
    outbox.add('node:1', push('c'));
    outbox.add('all', push('d'));
    expect(sent).toEqual([]);
    await nextTurn();
    outbox.add('all', push('e'));
    await nextTurn();
    expect(sent).toEqual([
      ['all', ['a', 'b', 'd']],
      ['node:1', ['c']],
      ['all', ['e']],
    ]);
  });

  it('keeps 1,000 frames for an engine that is away, and drops and counts what comes then', () => {
    const { outbox, sent, state } = outboxOf(false);
    for (let count = 0; count < 1_005; count++) {
      outbox.add('all', push(`m${count}`));
      outbox.flush();
    }
    expect(state.dropped).toBe(5);
    state.isReady = true;
    outbox.resume();
    expect(sent).toHaveLength(1_000);
    expect(sent.at(-1)).toEqual(['all', ['m999']]);
  });

  it('keeps no more than 4 MiB', () => {
    const { outbox, sent, state } = outboxOf(false);
    for (let count = 0; count < 6; count++) {
      outbox.add('all', push('big', new Uint8Array(1024 * 1024 - 200)));
      outbox.flush();
    }
    expect(state.dropped).toBe(2);
    state.isReady = true;
    outbox.resume();
    expect(sent).toHaveLength(4);
    // There is room again.
    state.isReady = false;
    outbox.add('all', push('more'));
    outbox.flush();
    expect(state.dropped).toBe(2);
  });
});
