import { Child } from './child.mjs';

const authKey = 'a-benchmark-key-of-enough-length';

async function figuresOf(load, server) {
  for (;;) {
    const message = await load.next();
    if (message.figures) return message.figures;
    server.send('collect');
    await server.next();
    load.send('collected');
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
  return new Child(`servers/${contender.server}.mjs`, settings, ['--expose-gc', ...nodeArguments]);
}

function startLoad({ table }) {
  return new Child(table === 'client' ? 'clients/client-load.mjs' : 'load/load.mjs', {});
}

/** Has it make the load of a scenario on a server that listens on the port. */
function putLoad(load, { server, port }, scenario, contender, { seconds, warmUp }) {
  const { dialect, encrypted } = contender;
  const target = { port, pid: server.pid, authKey, dialect, encrypted };
  load.send({ ...target, ...scenario.load, ...contender.load, seconds, warmUp });
  return figuresOf(load, server);
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
  const server = startServer(scenario, contender, options.serverArguments);
  // Started together: one loads its modules while the other does.
  const load = startLoad(scenario);
  try {
    const { port } = await server.next();
    const figures = await putLoad(load, { server, port }, scenario, contender, options);
    await options.onEnd?.(server);
    return figures;
  } finally {
    await Promise.all([server.kill(), load.kill()]);
  }
}

/**
 * Measures contenders in short slices, one after the other again and again, with servers that stay:
 * what disturbs the machine for longer than a slice disturbs all of them alike.
 *
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {import('./scenarios.mjs').Contender[]} contenders
 * @param {MeasureOptions & { slices: number }} options
 * @returns {Promise<number[][]>} for each slice a value for each contender
 */
export async function measureSliced(scenario, contenders, { slices, ...options }) {
  const servers = contenders.map((contender) => startServer(scenario, contender));
  try {
    const ports = await Promise.all(servers.map((server) => server.next()));
    const values = [];
    for (let slice = 0; slice < slices; slice++) {
      const order = slice % 2 ? [...servers.keys()].toReversed() : [...servers.keys()];
      values[slice] = [];
      for (const index of order) {
        const target = { server: servers[index], port: ports[index].port };
        const load = startLoad(scenario);
        try {
          const { value } = await putLoad(load, target, scenario, contenders[index], options);
          values[slice][index] = value;
        } finally {
          await load.kill();
        }
      }
    }
    return values;
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
  }
}
