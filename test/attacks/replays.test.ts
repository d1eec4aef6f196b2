import { describe, it } from '@jest/globals';
import { reorderFrames, replayFrames } from './scenarios/replays.scenario.js';
import { expectHeld } from './support/expect-held.js';
import { REPLAY_KINDS } from './support/replays.js';

describe('somebody on the network who sends', () => {
  it.each(REPLAY_KINDS)('%s is refused every time, and nothing runs twice', async (kind) => {
    expectHeld(await replayFrames({ kind, attempts: 30 }));
  });

  it('session frames in another order is not noticed, as KEYS.md says', async () => {
    expectHeld(await reorderFrames({ frames: 500 }));
  });
});
