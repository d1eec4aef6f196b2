import { describe, it } from '@jest/globals';
import { churn } from './scenarios/churn.scenario.js';
import { expectHeld } from './support/expect-held.js';

describe('thousands of connections that come and go in every way', () => {
  it('leave no client, no count and no memory behind', async () => {
    // One connection that is kept by mistake costs many KiB.
    const size = { batches: 6, connectionsPerBatch: 150, maxBytesPerConnection: 1_024 };
    expectHeld(await churn(size));
  });
});
