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
    const { port, twinPort } = await server.next();
    const { seconds, warmUp } = options;
    const { dialect, encrypted } = contender;
    const target = { port, twinPort, pid: server.pid, authKey, dialect, encrypted };
    load.send({ ...target, ...scenario.load, ...contender.load, seconds, warmUp });
    const figures = await figuresOf(load, server);
    await options.onEnd?.(server);
    return figures;
  } finally {
    await Promise.all([server.kill(), load.kill()]);
  }
}
