import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { describeMachine } from '../report/machine.mjs';
import { table } from '../report/tables.mjs';
import { format } from '../statistics.mjs';
import { measureBefore } from './before.mjs';
import { clusterParts } from './parts.mjs';
import { profileCluster } from './profile-cluster.mjs';

const ROWS = new URL('../results/cluster.jsonl', import.meta.url);
const TABLE = new URL('../results/cluster.md', import.meta.url);

/** Milliseconds after which no further round begins. */
const LONGEST = 270_000;

const VERDICTS = { true: '✓', false: '✗', undefined: '?' };

function choose(parts, names) {
  const known = [...parts.map(({ name }) => name), 'before'];
  for (const name of names) {
    if (known.some((each) => each.startsWith(name))) continue;
    throw new Error(`--cluster has no part "${name}": ${known.join(', ')}.`);
  }
  return parts.filter(({ name }) => isChosen(name, names));
}

function isChosen(name, names) {
  return names.length === 0 || names.some((each) => name.startsWith(each));
}

/** Of one round, in another order each time. */
function planOf(parts, round) {
  const all = parts.flatMap((part) =>
    Object.entries(part.measurements).map(([name, measure]) => ({ part, name, measure })),
  );
  return round % 2 === 0 ? all : all.toReversed();
}

/** Interleaved: in each round everything. @returns {Promise<number>} how many rounds there were */
async function measureAll(parts, options, keep) {
  const { rounds } = options;
  const endsAt = performance.now() + LONGEST;
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && performance.now() > endsAt) {
      console.error(`This takes long: ${round} of ${rounds} rounds are measured.`);
      return round;
    }
    for (const { part, name, measure } of planOf(parts, round)) {
      const what = `[${round + 1}/${rounds}] ${part.name} ${name}`;
      try {
        const row = { round, part: part.name, name, ...(await measure(options)) };
        keep(row);
        console.error(`${what}: ${summaryOf(row)}`);
      } catch (error) {
        process.exitCode = 1;
        console.error(`${what}: FAILED, ${error.message}`);
      }
    }
  }
  return rounds;
}

function summaryOf({ value, beside, perSecond, publish, append, heap }) {
  if (heap) return `${heap.map(format).join(', ')} B`;
  if (publish) return `${format(append)} µs, plain ${format(publish)}`;
  const rate = perSecond ? `${format(perSecond)} /s, ` : '';
  return `${rate}${format(value)} µs, Redis ${format(beside)} µs`;
}

function linesOf(parts, rows) {
  return parts.flatMap((part) => {
    const of = (name, figure) =>
      rows.filter((row) => row.part === part.name && row.name === name).map((row) => row[figure]);
    return part.lines(of);
  });
}

function reportOf(lines, rounds) {
  const hasFailed = process.exitCode > 0;
  const outcome = hasFailed ? 'SOME MEASUREMENTS FAILED.' : 'Nothing was lost.';
  const body = lines.map(({ what, figures, compared = '', requirement = '', isMet }) => {
    const verdict = requirement && VERDICTS[String(isMet)];
    return [what, figures, compared && `**${compared}**`, requirement, verdict];
  });
  const head = ['cluster', 'median (range)', 'compared', 'required', ''];
  return [
    `Median of ${rounds} interleaved rounds (lowest–highest). CPU is that of all server processes. ${outcome}`,
    describeMachine(),
    table(head, body),
  ].join('\n\n');
}

/**
 * What it costs to be several processes, through a Redis that the bench starts: `--cluster`.
 * @param {{ rounds: number, seconds: number, warmUp: number, names: string[], quick: boolean,
 *   before?: string, profile: boolean }} options
 */
export async function measureCluster(options) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  if (options.profile) return profileCluster(options);
  const startedAt = performance.now();
  rmSync(ROWS, { force: true });
  const parts = choose(clusterParts(options), options.names);
  const rows = [];
  const rounds = await measureAll(parts, options, (row) => {
    rows.push(row);
    appendFileSync(ROWS, `${JSON.stringify(row)}\n`);
  });
  const lines = linesOf(parts, rows);
  if (options.before && isChosen('before', options.names)) {
    lines.push(...(await measureBefore(options)));
  }
  const text = reportOf(lines, rounds);
  console.log(`\n${text}`);
  writeFileSync(TABLE, `${text}\n`);
  console.error(`\n${Math.round((performance.now() - startedAt) / 1000)} s`);
}
