import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { floodAmong, gatherForFlood, type FloodParties } from './scenarios/floods.scenario.js';
import { expectHeld } from './support/expect-held.js';
import { FLOOD_NAMES } from './support/floods.js';
import { Scene } from './support/scene.js';

describe('one peer after the other that floods a default server with', () => {
  const scene = new Scene();
  let parties: FloodParties;

  beforeAll(async () => {
    parties = await gatherForFlood(scene);
  });

  afterAll(() => scene.end());

  it.each(FLOOD_NAMES)('%s leaves it up, and honest clients served', async (name) => {
    expectHeld(await floodAmong(parties, { flood: name, windows: 1, milliseconds: 300 }));
  });
});
