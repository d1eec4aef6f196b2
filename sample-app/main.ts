import { constants } from 'node:os';
import { runHall } from './run-hall.js';
import { BarView } from './view/bar.view.js';
import { LinesView } from './view/lines.view.js';
import { summaryTable } from './view/summary-table.js';

const MILLISECONDS_TO_RUN = 120_000;
const EXIT_CODE_OF_SIGNAL = 128;

// What ends the run early: Ctrl-C, a signal, or that it takes too long.
const early = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.exitCode = EXIT_CODE_OF_SIGNAL + constants.signals[signal];
    early.abort(new Error(`Stopped by ${signal}`));
  });
}
const tooLate = new Error(`Not done after ${MILLISECONDS_TO_RUN / 1000} seconds`);
const deadline = setTimeout(() => early.abort(tooLate), MILLISECONDS_TO_RUN);

try {
  const view = process.stdout.isTTY ? new BarView() : new LinesView();
  const summary = await runHall(view, early.signal);
  console.log(summaryTable(summary));
  if (summary.problems.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode ??= 1;
} finally {
  clearTimeout(deadline);
}
