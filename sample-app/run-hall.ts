import { randomBytes } from 'node:crypto';
import { SocketClient } from '../src/client/index.js';
import { pageAt } from './keep-open.js';
import type { Progress, Summary } from './messages.js';
import type { HallProcess } from './processes/hall-process.js';
import { inProcesses } from './processes/in-processes.js';
import type { ProcessGroup } from './processes/process-group.js';
import { ScrapeTargets } from './processes/scrape-targets.js';
import type { View } from './view/view.js';

const WORKERS = ['worker 1', 'worker 2'];
const SERVER_SCRIPT = new URL('./server.js', import.meta.url);
const WORKER_SCRIPT = new URL('./worker.js', import.meta.url);

/**
 * What to do when all games are judged, while the server is still up at its address.
 * @param metrics Where each server has its metrics
 */
export type Afterwards = (
  summary: Summary,
  address: string,
  metrics: readonly string[],
) => Promise<void>;

/**
 * Has all games judged once, by a server process and two worker processes, while this one watches.
 * However it ends, no process is left behind.
 * @throws when a process ends before its time, or with the reason of the signal
 */
export async function runHall(
  view: View,
  signal: AbortSignal,
  afterwards?: Afterwards,
): Promise<Summary> {
  const targets = new ScrapeTargets();
  try {
    return await inProcesses(view, signal, (processes) =>
      run(processes, view, targets, afterwards),
    );
  } finally {
    targets.close();
  }
}

async function run(
  processes: ProcessGroup,
  view: View,
  targets: ScrapeTargets,
  afterwards?: Afterwards,
): Promise<Summary> {
  const authKey = randomBytes(32).toString('base64url');
  const address = await startServer(processes, view, authKey);
  if (afterwards) view.log(`Watch it at ${pageAt(address)}`);
  targets.add(address);
  const audience = new SocketClient({
    address,
    authKey,
    authData: { role: 'audience', name: 'audience' },
    reconnect: false,
  });
  await audience.connect();
  try {
    const workers = startWorkers(processes, view, {
      SOCKET_ADDRESS: address,
      SOCKET_AUTH_KEY: authKey,
    });
    const summary = await watch(audience, view);
    await Promise.all(workers.map(({ ended }) => ended));
    view.stop();
    await afterwards?.(summary, address, targets.urls);
    return summary;
  } finally {
    audience.close();
  }
}

async function startServer(processes: ProcessGroup, view: View, authKey: string): Promise<string> {
  const server = processes.startServant({
    name: 'server',
    script: SERVER_SCRIPT,
    env: { SOCKET_PORT: '0', SOCKET_AUTH_KEY: authKey, HALL_WORKERS: String(WORKERS.length) },
    onLine: (line) => view.log(line),
  });
  const { address } = await server.message<{ address: string }>();
  view.log(`The hall is open at ${address}, process ${server.pid}`);
  return address;
}

function startWorkers(
  processes: ProcessGroup,
  view: View,
  env: Record<string, string>,
): HallProcess[] {
  return WORKERS.map((name) =>
    processes.startTask({
      name,
      script: WORKER_SCRIPT,
      env: { ...env, WORKER_NAME: name },
      onLine: (line) => view.log(line),
    }),
  );
}

/** The stream of the server's progress ends with the summary. */
async function watch(audience: SocketClient, view: View): Promise<Summary> {
  for await (const { judged, total, summary } of audience.stream<Progress>('watchProgress')) {
    if (summary) return summary;
    view.progress(judged, total);
  }
  throw new Error('The server stopped showing its progress before the round was over');
}
