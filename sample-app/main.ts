import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { keepOpen, pageAt } from './keep-open.js';
import { runHall, type Afterwards } from './run-hall.js';
import { BarView } from './view/bar.view.js';
import { LinesView } from './view/lines.view.js';
import { summaryTable } from './view/summary-table.js';
import type { Summary } from './messages.js';

const MILLISECONDS_TO_RUN = 120_000;
const MOST_NODES = 8;
const EXIT_CODE_OF_SIGNAL = 128;

// What ends the run early: Ctrl-C, a signal, or that it takes too long.
const early = new AbortController();
const tooLate = new Error(`Not done after ${MILLISECONDS_TO_RUN / 1000} seconds`);
const deadline = setTimeout(() => early.abort(tooLate), MILLISECONDS_TO_RUN);
const onSignal = (signal: NodeJS.Signals): void => {
  process.exitCode = EXIT_CODE_OF_SIGNAL + constants.signals[signal];
  early.abort(new Error(`Stopped by ${signal}`));
};
process.once('SIGINT', onSignal).once('SIGTERM', onSignal);

/** With `--watch` the page stays up, and what ends it ends nothing early. */
async function stayOpen(
  summary: Summary,
  address: string,
  metrics: readonly string[],
): Promise<void> {
  clearTimeout(deadline);
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  console.log(summaryTable(summary));
  console.log(`Prometheus finds the metrics at ${metrics.join(', ')}`);
  await keepOpen(pageAt(address));
}

/** On one server, or on several nodes, which takes a Redis. */
async function run(nodes: string | undefined, afterwards?: Afterwards): Promise<Summary> {
  const view = process.stdout.isTTY ? new BarView() : new LinesView();
  if (nodes === undefined) return runHall(view, early.signal, afterwards);
  const count = Number(nodes);
  if (!Number.isInteger(count) || count < 2 || count > MOST_NODES) {
    throw new Error(`--nodes takes a number from 2 to ${MOST_NODES}, not "${nodes}"`);
  }
  const { runCluster } = await import('./cluster/run-cluster.js');
  return runCluster(count, view, early.signal, afterwards);
}

try {
  const options = { watch: { type: 'boolean' }, nodes: { type: 'string' } } as const;
  const { watch, nodes } = parseArgs({ options }).values;
  const summary = await run(nodes, watch ? stayOpen : undefined);
  if (!watch) console.log(summaryTable(summary));
  if (summary.problems.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode ??= 1;
} finally {
  clearTimeout(deadline);
}
