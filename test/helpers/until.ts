import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_DEADLINE } from './with-deadline.js';

const PAUSE = 5;

/** Resolves when the condition holds, for what nobody tells of. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = condition.toString(),
  deadline = DEFAULT_DEADLINE,
): Promise<void> {
  const end = performance.now() + deadline;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${deadline} ms: ${what}`);
    await delay(PAUSE);
  }
}
