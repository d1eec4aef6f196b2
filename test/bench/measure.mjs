import { measureHall } from './hall.mjs';
import { Child } from './child.mjs';
import { percentile } from './statistics.mjs';

const authKey = 'a-benchmark-key-of-enough-length';

/** The figures of a load, which may ask for the server's memory without garbage. */
export async function figuresOf(load, server) {
  for (;;) {
    const message = await load.next();
    if (message.figures) return message.figures;
    server.send('collect');
    load.send(await server.next());
  }
}

/**
 * @typedef {object} MeasureOptions
 * @property {number} seconds
 * @property {number} warmUp in seconds
 * @property {string[]} [serverArguments] for the node that runs the server
 * @property {(server: Child) => Promise<void>} [onEnd] runs while the server is still there
 */

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {import('./scenarios.mjs').Contender} contender
 * @param {string[]} [nodeArguments]
 */
function startServer(scenario, contender, nodeArguments = []) {
  const settings = { authKey, ...scenario.settings, ...contender.settings };
  const bench = contender.place ? new URL('test/bench/', contender.place) : import.meta.url;
  const file = new URL(`servers/${contender.server}.mjs`, bench).href;
  return new Child(file, settings, ['--expose-gc', ...nodeArguments]);
}

function startLoad({ load }) {
  return new Child(load?.kind === 'client' ? 'clients/client-load.mjs' : 'load/load.mjs', {});
}

/** Light clients, in a process of their own, so that their latency is that of the server. */
async function startBeside(job, beside) {
  const load = startLoad({});
  load.send({ ...job, ...beside });
  await load.next();
  return load;
}

/** Throughput of the workers, and what the light clients saw in the same time. */
async function besideOf(light, { count, from, to }) {
  try {
    light.send('end');
    const { figures } = await light.next();
    const inside = figures.filter((answer) => answer.from >= from && answer.from < to);
    const milliseconds = inside.map(({ took }) => took / 1000);
    const [p95, p99] = [95, 99].map((percent) => percentile(milliseconds, percent));
    return { value: (count * 1e6) / (to - from), count, p95, p99 };
  } finally {
    await light.kill();
  }
}

/**
 * Measures one contender once, with a server and a load generator of its own.
 *
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {import('./scenarios.mjs').Contender} contender
 * @param {MeasureOptions} options
 * @returns {Promise<{ value: number, count: number, from?: number, to?: number }>}
 */
export async function measure(scenario, contender, options) {
  if (scenario.load.kind === 'hall') return measureHall(contender);
  const server = startServer(scenario, contender, options.serverArguments);
  // Started together: one loads its modules while the other does.
  const load = startLoad(scenario);
  try {
    const { port, twinPort } = await server.next();
    const { times = 1 } = scenario;
    const [seconds, warmUp] = [options.seconds * times, options.warmUp * times];
    const { dialect, encrypted } = contender;
    const target = { port, twinPort, pid: server.pid, authKey, dialect, encrypted };
    const job = { ...target, ...contender.load, seconds, warmUp };
    const light = scenario.beside && (await startBeside(job, scenario.beside));
    load.send({ ...job, ...scenario.load });
    const figures = await figuresOf(load, server);
    await options.onEnd?.(server);
    return light ? await besideOf(light, figures) : figures;
  } finally {
    await Promise.all([server.kill(), load.kill()]);
  }
}
