import { describe, it } from '@jest/globals';
import { mutateFrames } from './scenarios/mutations.scenario.js';
import { expectHeld } from './support/expect-held.js';
import type { MutationKind } from './support/mutations.js';

const RUNS = 200;

const CASES: readonly (readonly [kind: MutationKind, what: string])[] = [
  ['auth frames', 'are closed with 4400, and authenticate nobody'],
  ['upgrade requests', 'are refused over HTTP, or are still correct'],
  ['sealed frames', 'are closed with 4400, and deliver nothing'],
  ['hellos of version 2', 'are refused over HTTP'],
  ['records of version 2', 'are closed with 4400, and deliver nothing'],
  ['forged messages, well sealed', 'are closed with 4400, and deliver nothing'],
  ['any text, well sealed', 'is answered, ignored or closed with 4400'],
];

describe('mutated at random, with honest clients served meanwhile,', () => {
  it.each(CASES)('%s %s', async (kind) => {
    expectHeld(await mutateFrames({ kind, runs: RUNS }));
  });
});
