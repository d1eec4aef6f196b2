import { figuresOf, measure } from '../measure.mjs';
import { percentAbove } from '../report/tables.mjs';
import { ours } from '../scenarios.mjs';
import { format, formatSpread, median, medianInterval } from '../statistics.mjs';
import { buildCommit } from './old-build.mjs';
import { withCluster, withLoad } from './with-cluster.mjs';

const HERE = new URL('../../../', import.meta.url);
const MOST = 1.01;

const pairs = [
  {
    name: 'burst',
    title: 'Burst, 50 × 8, 64 B',
    version: 2,
    load: { drive: 'burst', connections: 50, pipeline: 8, bytes: 64 },
  },
  {
    name: 'burst-v1',
    title: 'Burst, 50 × 8, 64 B',
    version: 1,
    load: { drive: 'burst', connections: 50, pipeline: 8, bytes: 64 },
  },
  {
    name: 'broadcast',
    title: 'Broadcast to 500, 256 B',
    version: 2,
    load: { drive: 'broadcast', connections: 500, bytes: 256, pairs: 5 },
  },
];

/** Both builds in one process: two of them differ by more than what is looked for. */
async function measurePair({ load, version }, places, { seconds, warmUp }, round) {
  const builds = Object.entries(places).map(([name, place]) => ({
    name,
    url: new URL('dist/', place).href,
    handlers: `./twin-handlers.mjs?${name}`,
  }));
  const settings = { builds: round % 2 === 0 ? builds : builds.toReversed() };
  const cluster = { server: 'twins', nodes: 1, hasRedis: false, settings };
  return withCluster(cluster, ({ servers, twinPort, ports, pids }) => {
    const [port] = ports;
    const timing = { seconds: 2 * seconds, warmUp: 2 * warmUp };
    const target = { port, twinPort, pid: pids, dialect: 'sockets', encrypted: true, version };
    const job = { kind: 'pairs', ...target, ...timing, ...load };
    return withLoad(job, (child) => figuresOf(child, servers[0]));
  });
}

function verdictOf(ratios) {
  const ratio = median(ratios);
  const [lowest, highest] = medianInterval(ratios);
  const [low, high] = [lowest, highest].map((each) => percentAbove(each, 1));
  return {
    compared: `${percentAbove(ratio, 1)} (${low} to ${high})`,
    requirement: 'at most 1 % more',
    // Undefined where the measurement cannot tell.
    isMet: highest <= MOST || lowest > MOST ? ratio <= MOST : undefined,
  };
}

function pairLine({ title, version }, blocks) {
  const [now, then] = [0, 1].map((side) => blocks.map((block) => block[side]));
  return {
    what: `One process, no engine, against before: ${title}, version ${version}`,
    figures: `${format(median(now))} µs/message; before ${format(median(then))}`,
    ...verdictOf(blocks.map(([today, before]) => today / before)),
  };
}

const IDLE = { load: { kind: 'idle', count: 2000 } };

async function measureIdle(place, options) {
  const { value } = await measure(IDLE, { ...ours, place, load: { version: 2 } }, options);
  return value;
}

function idleLine(now, then) {
  return {
    what: 'One process, no engine, against before: memory of 2,000 idle connections',
    figures: `${formatSpread(now)} KiB/connection; before ${formatSpread(then)}`,
    ...verdictOf(now.map((each, index) => each / then[index])),
  };
}

/**
 * One process of today without an engine, against one of a commit, by lines of the table.
 * @param {{ before: string, rounds: number, seconds: number, warmUp: number }} options
 * @returns {Promise<import('./parts.mjs').Line[]>}
 */
export async function measureBefore({ before, rounds, ...options }) {
  console.error(`building ${before}`);
  const places = { now: HERE, before: await buildCommit(before) };
  const blocks = pairs.map(() => []);
  const idle = { now: [], before: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [index, pair] of pairs.entries()) {
      const figures = await measurePair(pair, places, options, round);
      blocks[index].push(...figures.blocks);
      const ratio = median(figures.blocks.map(([today, then]) => today / then));
      const what = `[${round + 1}/${rounds}] before ${pair.name}`;
      console.error(`${what}: ${percentAbove(ratio, 1)}`);
    }
    for (const [name, place] of Object.entries(places)) {
      idle[name].push(await measureIdle(place, options));
      console.error(`[${round + 1}/${rounds}] idle ${name}: ${format(idle[name].at(-1))} KiB`);
    }
  }
  const lines = pairs.map((pair, index) => pairLine(pair, blocks[index]));
  return [...lines, idleLine(idle.now, idle.before)];
}
