import { describe, it } from '@jest/globals';
import { killServer } from './scenarios/kills.scenario.js';
import { expectHeld } from './support/expect-held.js';

describe('a server that is killed under load, three times,', () => {
  it('gets every client back, each once, and answers nothing twice', async () => {
    const size = { clients: 30, kills: 3, reconnect: { baseDelay: 50, maxDelay: 500 } };
    expectHeld(await killServer(size));
  });
});
