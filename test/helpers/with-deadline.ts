// Imported rather than taken from the global scope, so that fake timers do not freeze deadlines.
import { clearTimeout, setTimeout } from 'node:timers';

/** Long enough for a busy machine, short enough to be told from a hung test run. */
export const DEFAULT_DEADLINE = 5_000;

/**
 * Settles as `promise` does, or rejects after `milliseconds` with an error that says what was
 * awaited: `withDeadline(client.closed, 1_000, 'the server to close the connection')`.
 */
export async function withDeadline<T>(
  promise: Promise<T>,
  milliseconds: number,
  what: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const error = new Error(`Waited ${milliseconds} ms in vain for ${what}`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
