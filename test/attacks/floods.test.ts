import { describe, it } from '@jest/globals';
import { flood } from './scenarios/floods.scenario.js';
import { expectHeld } from './support/expect-held.js';
import { FLOOD_NAMES } from './support/floods.js';

describe('one peer that floods a default server with', () => {
  it.each(FLOOD_NAMES)('%s leaves it up, and honest clients served', async (name) => {
    const size = { flood: name, windows: 1, milliseconds: 300 };
    expectHeld(await flood(size));
  });
});
