import { setTimeout as delay } from 'node:timers/promises';
import type { View } from '../view/view.js';
import { ProcessGroup } from './process-group.js';

const MILLISECONDS_TO_NOTICE = 500;

/**
 * Runs something that starts processes. However it ends, no process is left behind.
 * @throws when a process ends before its time, or with the reason of the signal
 */
export async function inProcesses<T>(
  view: View,
  signal: AbortSignal,
  run: (processes: ProcessGroup) => Promise<T>,
): Promise<T> {
  const processes = new ProcessGroup();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      const reason: Error = signal.reason;
      reject(reason);
    });
  });
  try {
    return await Promise.race([run(processes), processes.failure, aborted]);
  } catch (error) {
    // A process that died explains a lost connection, but is noticed a moment after it.
    if (!signal.aborted) await Promise.race([processes.failure, delay(MILLISECONDS_TO_NOTICE)]);
    throw error;
  } finally {
    view.stop();
    await processes.stop();
  }
}
