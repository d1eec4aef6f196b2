import { Child } from '../child.mjs';

const DEADLINE = 60_000;

export const authKey = 'a-benchmark-key-of-enough-length';

/**
 * Runs something with a Redis and so many server processes, and ends them afterwards, whatever happens.
 *
 * @template T
 * @param {{ server: string, nodes: number, settings?: Record<string, unknown>, hasRedis?: boolean,
 *   nodeArguments?: string[] }} cluster `server` is a file in servers/
 * @param {(running: { servers: Child[], ports: number[], twinPort?: number, pids: number[],
 *   redis?: { url: string, pid: number } }) => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function withCluster(cluster, run) {
  const { server, nodes, settings, hasRedis = true, nodeArguments = [] } = cluster;
  const keeper = hasRedis ? startChild('redis-process.mjs') : undefined;
  const servers = [];
  try {
    const redis = await keeper?.next();
    const all = { authKey, ...settings, redisUrl: redis?.url };
    for (let node = 0; node < nodes; node++) {
      servers.push(startChild(`servers/${server}.mjs`, all, ['--expose-gc', ...nodeArguments]));
    }
    const answers = await Promise.all(servers.map((each) => each.next()));
    const ports = answers.map(({ port }) => port);
    const [{ twinPort } = {}] = answers;
    return await run({ servers, ports, twinPort, pids: servers.map(({ pid }) => pid), redis });
  } finally {
    await Promise.all(servers.map((each) => each.kill()));
    await keeper?.leave();
  }
}

/** @param {string} file in this folder */
export function startChild(file, settings = {}, nodeArguments = []) {
  return new Child(`cluster/${file}`, settings, nodeArguments, DEADLINE);
}

/** Has one process make load, and ends it. */
export async function withLoad(job, run) {
  const load = new Child('load/load.mjs', {}, [], DEADLINE);
  try {
    load.send({ authKey, ...job });
    return await run(load);
  } finally {
    await load.kill();
  }
}
