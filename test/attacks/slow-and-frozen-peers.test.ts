import { describe, it } from '@jest/globals';
import { broadcastToSleepers } from './scenarios/broadcast.scenario.js';
import { freezePeers } from './scenarios/frozen-peers.scenario.js';
import { askWithoutReading } from './scenarios/unread-replies.scenario.js';
import { expectHeld } from './support/expect-held.js';

// The server acts after one second, and cuts after another; the rest is for a busy machine.
const MAX_DROP_TIME = 8_000;

describe('a peer that does not read', () => {
  const broadcast = {
    readers: 30,
    sleepers: 3,
    messages: 80,
    bytes: 32 * 1024,
    maxDropTime: MAX_DROP_TIME,
  };

  it('a broadcast is cut in time, and costs nobody else a message', async () => {
    expectHeld(await broadcastToSleepers({ ...broadcast, policy: 'close' }));
  });

  it('a broadcast loses messages, and costs nobody else one, under the policy "drop"', async () => {
    expectHeld(await broadcastToSleepers({ ...broadcast, policy: 'drop' }));
  });

  it('the replies that it asks for is not read either, and cut in time', async () => {
    const size = { peers: 3, maxDropTime: MAX_DROP_TIME };
    expectHeld(await askWithoutReading(size));
  });
});

describe('a peer that stands still', () => {
  it('is dropped, and those that live are not', async () => {
    const size = { peers: 5, heartBeatInterval: 1_000, maxHeartBeats: 6 };
    expectHeld(await freezePeers(size));
  });
});
