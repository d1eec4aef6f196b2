import { describe, it } from '@jest/globals';
import { storm } from './scenarios/reconnect-storm.scenario.js';
import { expectHeld } from './support/expect-held.js';

describe('a server that loses all its clients at once', () => {
  it('gets every one of them back, though its limits let in a tenth of them at a time', async () => {
    const finding = await storm({
      clients: 100,
      processes: 2,
      authDelay: 100,
      reconnect: { baseDelay: 100, maxDelay: 1_000 },
      options: { maxUnauthenticatedConnectionsPerIp: 10 },
      maxSeconds: 15,
    });
    expectHeld(finding);
  });
});
