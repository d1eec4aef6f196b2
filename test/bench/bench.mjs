// The benchmark: `npm run bench`, `npm run bench -- --help`. It is no test and no gate. What counts is
// the server's CPU time for each message, which stays meaningful when other programs use the machine;
// compare ratios within one run, not figures between runs or machines.
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { measureCluster } from './cluster/cluster.mjs';
import { measureLimitsCost } from './limits-cost.mjs';
import { readOptions, USAGE } from './options.mjs';
import { chooseScenarios, planOf } from './plan.mjs';
import { assertMeasurable } from './process-meter.mjs';
import { profileServer } from './profile.mjs';
import { growthChart } from './report/growth-chart.mjs';
import { reportOf } from './report/tables.mjs';
import { runPlan } from './run-plan.mjs';
import { scenarios } from './scenarios.mjs';

const RESULTS = new URL('results/', import.meta.url);
const ROWS = new URL('run.jsonl', RESULTS);

function list() {
  for (const { name, title, point = '' } of scenarios) console.log(`${name} ${point}\t${title}`);
}

async function compare(options) {
  const plan = planOf(chooseScenarios(options), options.rounds);
  rmSync(ROWS, { force: true });
  const startedAt = performance.now();
  const failures = await runPlan(plan, options, (row) =>
    appendFileSync(ROWS, `${JSON.stringify(row)}\n`),
  );
  console.error(`${Math.round((performance.now() - startedAt) / 1000)} s, ${failures} failed`);
  if (failures > 0) process.exitCode = 1;
}

/** Prints and keeps the tables; the chart that OPERATIONS.md shows only comes from a full run. */
function report({ quick }) {
  const lines = readFileSync(ROWS, 'utf8').trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line));
  const text = reportOf(rows);
  console.log(`\n${text}`);
  writeFileSync(new URL('tables.md', RESULTS), `${text}\n`);
  const chart = growthChart(rows);
  if (!chart) return;
  writeFileSync(new URL('growth.svg', quick ? RESULTS : import.meta.url), chart);
}

async function run(options) {
  if (options.help) return console.log(USAGE);
  if (options.list) return list();
  assertMeasurable();
  mkdirSync(RESULTS, { recursive: true });
  if (options.cluster) return measureCluster(options);
  if (options.limits) return measureLimitsCost(options);
  if (options.profile) return profileServer(options);
  if (!options.report) await compare(options);
  report(options);
}

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
