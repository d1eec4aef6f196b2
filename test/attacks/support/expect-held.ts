import { expect } from '@jest/globals';
import type { Finding } from './finding.js';

/** Everything that a scenario promises. What was seen stands beside what failed. */
export function expectHeld(finding: Finding): void {
  expect(finding).toEqual({ ...finding, broken: [] });
}
