import { it } from '@jest/globals';
import { describeWithRedisServer } from '../helpers/redis.js';
import { checkHistory } from './scenarios/history.scenario.js';
import { expectHeld } from './support/expect-held.js';

describeWithRedisServer('a cluster of three nodes, whatever happens to it for 30 seconds,', () => {
  it('loses no acknowledged publish, and delivers each once and in order', async () => {
    expectHeld(await checkHistory({ seconds: 30, seed: Date.now() % 1e6 }));
  });
});
