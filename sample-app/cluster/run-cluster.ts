import { randomBytes } from 'node:crypto';
import { GameCatalogue } from '../games/game-catalogue.service.js';
import { makeServerKeys } from '../hall/server-keys.js';
import { pageAt } from '../keep-open.js';
import type { Summary } from '../messages.js';
import { OpeningBook } from '../openings/opening-book.service.js';
import type { HallProcess } from '../processes/hall-process.js';
import { inProcesses } from '../processes/in-processes.js';
import type { ProcessGroup } from '../processes/process-group.js';
import { ScrapeTargets } from '../processes/scrape-targets.js';
import type { Afterwards } from '../run-hall.js';
import { startTraces, type HallTraces } from '../telemetry/hall-traces.js';
import type { View } from '../view/view.js';
import { LoadBalancer } from './load-balancer.js';
import { NodeProcesses } from './node-processes.js';
import { Organiser } from './organiser.js';
import { deleteKeys, findRedis, withoutPassword } from './redis.finder.js';

const WORKERS_PER_NODE = 2;
const WORKER_SCRIPT = new URL('../worker.js', import.meta.url);

/**
 * Has all games judged once, by several server processes that share a Redis, and by two workers for
 * each. However it ends, no process is left behind, and nothing in Redis.
 * @throws when there is no Redis; when a process ends before its time, but for a node that is killed
 * while there are others; or with the reason of the signal
 */
export async function runCluster(
  count: number,
  view: View,
  signal: AbortSignal,
  afterwards?: Afterwards,
): Promise<Summary> {
  const redisUrl = await findRedis();
  const prefix = `game-hall-${randomBytes(8).toString('hex')}:`;
  const balancer = new LoadBalancer();
  const run = new ClusterRun(count, { redisUrl, prefix }, balancer, view);
  try {
    return await inProcesses(view, signal, (processes) => run.run(processes, afterwards));
  } finally {
    await run.close();
    await deleteKeys(redisUrl, prefix);
  }
}

/** One run of the hall on several nodes. */
class ClusterRun {
  private readonly authKey = randomBytes(32).toString('base64url');
  private readonly targets = new ScrapeTargets();
  private organiser: Organiser | undefined;
  private traces: HallTraces | undefined;

  constructor(
    private readonly count: number,
    private readonly cluster: { redisUrl: string; prefix: string },
    private readonly balancer: LoadBalancer,
    private readonly view: View,
  ) {}

  async run(processes: ProcessGroup, afterwards?: Afterwards): Promise<Summary> {
    const nodes = await this.startNodes(processes);
    const address = `ws://127.0.0.1:${await this.balancer.open()}`;
    const { redisUrl, prefix } = this.cluster;
    this.view.log(`The nodes meet at ${withoutPassword(redisUrl)}, in ${prefix}*`);
    this.view.log(`The hall is open at ${address}, which leads to ${this.count} nodes`);
    if (afterwards) this.view.log(`Watch it at ${pageAt(address)}`);
    const names = Array.from(
      { length: this.count * WORKERS_PER_NODE },
      (_, index) => `worker ${index + 1}`,
    );
    const organiser = await this.openOrganiser(address, names, nodes);
    const workers = names.map((name) => this.startWorker(processes, name, address));
    const summary = await organiser.runRound();
    for (const worker of workers) worker.release();
    await Promise.all(workers.map(({ ended }) => ended));
    this.view.stop();
    await afterwards?.(summary, address, this.targets.urls);
    return summary;
  }

  async close(): Promise<void> {
    this.organiser?.close();
    this.balancer.close();
    this.targets.close();
    await this.traces?.onApplicationShutdown();
  }

  private async startNodes(processes: ProcessGroup): Promise<NodeProcesses> {
    const nodes = new NodeProcesses(processes, this.balancer, this.targets, this.view);
    const { authKey, cluster } = this;
    await nodes.start(this.count, { authKey, cluster, ...makeServerKeys() });
    return nodes;
  }

  private async openOrganiser(
    address: string,
    workers: readonly string[],
    nodes: NodeProcesses,
  ): Promise<Organiser> {
    const { authKey, view } = this;
    this.traces = await startTraces('organiser');
    const telemetry = this.traces.forClient();
    const { games } = new GameCatalogue(new OpeningBook());
    const organiser = new Organiser({ address, authKey, telemetry, games, workers, nodes, view });
    this.organiser = organiser;
    await organiser.open();
    return organiser;
  }

  private startWorker(processes: ProcessGroup, name: string, address: string): HallProcess {
    return processes.startTask({
      name,
      script: WORKER_SCRIPT,
      env: {
        SOCKET_ADDRESS: address,
        SOCKET_AUTH_KEY: this.authKey,
        WORKER_NAME: name,
        HALL_HAS_NODES: 'yes',
      },
      onLine: (line) => this.view.log(line),
    });
  }
}
