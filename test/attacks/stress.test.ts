import { describe, it } from '@jest/globals';
import { stress } from './scenarios/stress.scenario.js';
import { expectHeld } from './support/expect-held.js';

describe('200 peers that ask, flood, pause, and leave at random', () => {
  it('get every reply as long as they stay, and in order where they asked without ids', async () => {
    const seed = Math.floor(Math.random() * 1e6);
    expectHeld(await stress({ connections: 200, seconds: 20, seed }));
  });
});
