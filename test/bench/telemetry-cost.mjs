// What the option telemetry costs: `npm run build && node test/bench/telemetry-cost.mjs [rounds] [seconds]`.
// Two applications in one process, with it and without, get the same bursts in turns. `off` has it nowhere,
// and shows what the machine adds of its own.
import { measure } from './measure.mjs';
import { assertMeasurable } from './process-meter.mjs';
import { percentAbove } from './report/tables.mjs';
import { formatSpread, median, medianInterval } from './statistics.mjs';

const [rounds = 3, seconds = 10] = process.argv.slice(2).map(Number);
const KINDS = ['off', 'metrics', '1 % of traces', 'all traces'];
const VERSIONS = [1, 2];
const LOAD = { kind: 'pairs', connections: 50, pipeline: 8, bytes: 64 };

const percent = (ratio) => percentAbove(ratio, 1);

async function blocksOf(version, telemetry) {
  const contender = { server: 'ours-telemetry', dialect: 'sockets', encrypted: true };
  const { blocks } = await measure(
    { settings: { telemetry }, load: { ...LOAD, version } },
    contender,
    {
      seconds,
      warmUp: 3,
    },
  );
  return blocks;
}

function report(version, telemetry, blocks) {
  const ratios = blocks.map(([withIt, without]) => withIt / without);
  const [low, high] = medianInterval(ratios).map(percent);
  console.log(`${version}, ${telemetry}: ${percent(median(ratios))} (${low} to ${high})`);
  console.log(`  with     ${formatSpread(blocks.map(([withIt]) => withIt))} µs/message`);
  console.log(`  without  ${formatSpread(blocks.map(([, without]) => without))} µs/message`);
}

assertMeasurable();
const results = new Map();
for (let round = 0; round < rounds; round++) {
  for (const version of VERSIONS) {
    for (const kind of KINDS) {
      const key = `version ${version}/${kind}`;
      results.set(key, [...(results.get(key) ?? []), ...(await blocksOf(version, kind))]);
    }
  }
}
for (const [key, blocks] of results) report(...key.split('/'), blocks);
