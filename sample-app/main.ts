import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { keepOpen } from './keep-open.js';
import { runHall } from './run-hall.js';
import { BarView } from './view/bar.view.js';
import { LinesView } from './view/lines.view.js';
import { summaryTable } from './view/summary-table.js';
import type { Summary } from './messages.js';

const MILLISECONDS_TO_RUN = 120_000;
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
async function stayOpen(summary: Summary, address: string): Promise<void> {
  clearTimeout(deadline);
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  console.log(summaryTable(summary));
  await keepOpen(address.replace('ws:', 'http:'));
}

try {
  const { watch } = parseArgs({ options: { watch: { type: 'boolean' } } }).values;
  const view = process.stdout.isTTY ? new BarView() : new LinesView();
  const summary = await runHall(view, early.signal, watch ? stayOpen : undefined);
  if (!watch) console.log(summaryTable(summary));
  if (summary.problems.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode ??= 1;
} finally {
  clearTimeout(deadline);
}
