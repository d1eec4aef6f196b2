import type { CliOutput } from '../common/cli-io.js';
import type { BenchPlan } from './bench.plan.js';
import type { Load } from './load.js';

const INTERVAL = 500;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Shows at a terminal how far a measurement is; elsewhere nothing.
 * @returns a function that takes it away again
 */
export function showProgress(output: CliOutput, { seconds }: BenchPlan, load: Load): () => void {
  if (!output.isTTY) return () => undefined;
  const show = () => {
    const rate = Math.round(load.replies / load.seconds).toLocaleString('en-US');
    output.write(
      `${CLEAR_LINE}${Math.round(load.seconds)} of ${seconds} s, ${rate} requests/s, ${load.failures} errors`,
    );
  };
  const timer = setInterval(show, INTERVAL);
  return () => {
    clearInterval(timer);
    output.write(CLEAR_LINE);
  };
}
