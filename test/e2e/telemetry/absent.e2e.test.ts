import { expect, it } from '@jest/globals';
import { TestProcess } from '../../helpers/child-process.js';

it('Where OpenTelemetry is not installed, all but its own entry works', async () => {
  const child = TestProcess.start(new URL('./absent.process.ts', import.meta.url));
  expect(await child.nextJson('what it found')).toEqual({ state: 'connected', refusal: 'refused' });
  expect(await child.untilEnded()).toBe(0);
});
