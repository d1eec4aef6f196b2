import { describe, it } from '@jest/globals';
import { hogMemory } from './scenarios/memory.scenario.js';
import { expectHeld } from './support/expect-held.js';
import { HOG_NAMES, type HogName } from './support/memory-hogs.js';

/** What is small in each needs many to be measured, and a GiB is enough for what is large. */
function connectionsOf(hog: HogName): number {
  if (hog.endsWith('idle')) return 200;
  return hog.includes('requests in flight') ? 2 : 5;
}

describe('a connection that makes the server keep as much as it can', () => {
  it.each(HOG_NAMES)('(%s) gets no more than the limits let it have', async (hog) => {
    expectHeld(await hogMemory({ hog, connections: connectionsOf(hog) }));
  });
});
