import { describe, it } from '@jest/globals';
import { hogMemory } from './scenarios/memory.scenario.js';
import { expectHeld } from './support/expect-held.js';
import { HOG_NAMES } from './support/memory-hogs.js';

describe('a connection that makes the server keep as much as it can', () => {
  it.each(HOG_NAMES)('(%s) gets no more than the limits let it have', async (hog) => {
    // What is small in each needs many to be measured.
    const connections = hog.endsWith('idle') ? 200 : 5;
    expectHeld(await hogMemory({ hog, connections }));
  });
});
