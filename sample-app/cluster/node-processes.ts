import type { ClusterOptions, HallOptions } from '../hall/hall.options.js';
import type { HallProcess } from '../processes/hall-process.js';
import type { ProcessGroup } from '../processes/process-group.js';
import type { ScrapeTargets } from '../processes/scrape-targets.js';
import type { View } from '../view/view.js';
import type { LoadBalancer } from './load-balancer.js';

const SERVER_SCRIPT = new URL('../server.js', import.meta.url);

/** What all nodes have in common. */
export type NodeOptions = Omit<HallOptions, 'workers' | 'cluster'> & { cluster: ClusterOptions };

interface HallNode {
  /** The number that it got from Redis: the upper part of its clients' ids. */
  readonly number: number;
  readonly name: string;
  isUp: boolean;
}

/** The nodes of the hall, each a process. Any of them may be killed but for the last one. */
export class NodeProcesses {
  /** In the order of their names. */
  readonly all: HallNode[] = [];

  constructor(
    private readonly processes: ProcessGroup,
    private readonly balancer: LoadBalancer,
    private readonly targets: ScrapeTargets,
    private readonly view: View,
  ) {}

  /** Whether it is one that goes on. */
  isUp(number: number): boolean {
    return this.all.some((node) => node.number === number && node.isUp);
  }

  nameOf(number: number): string {
    return this.all.find((node) => node.number === number)?.name ?? 'an unknown node';
  }

  async start(count: number, options: NodeOptions): Promise<void> {
    const env = { SOCKET_PORT: '0', HALL_NODE_OPTIONS: JSON.stringify(options) };
    const names = Array.from({ length: count }, (_, index) => `node ${index + 1}`);
    await Promise.all(names.map((name) => this.startOne(name, env)));
    this.all.sort((one, other) => one.name.localeCompare(other.name));
  }

  private async startOne(name: string, env: Record<string, string>): Promise<void> {
    const isMissed = (): boolean => this.isLast(name);
    const onLine = (line: string): void => this.view.log(line);
    const options = { name, script: SERVER_SCRIPT, env, onLine };
    const child = this.processes.startExpendable(options, isMissed);
    const { address, node } = await child.message<{ address: string; node: number }>();
    this.view.log(`${name}: up at ${address}, process ${child.pid}`);
    this.watch(child, { number: node, name, isUp: true }, address);
  }

  private watch(child: HallProcess, node: HallNode, address: string): void {
    const port = Number(new URL(address).port);
    this.all.push(node);
    this.balancer.add(port);
    this.targets.add(address);
    child.onMessage((message) => {
      if ('wantsToBeKilled' in message && !this.isLast(node.name)) child.kill();
    });
    void child.ended.then(({ signal }) => {
      node.isUp = false;
      this.balancer.remove(port);
      this.targets.remove(address);
      if (!this.processes.isStopping) this.view.log(`${node.name}: gone, by ${signal}`);
    });
  }

  /** Also of one that is not up yet: then it is missed, whoever else is there. */
  private isLast(name: string): boolean {
    const isThere = this.all.some((node) => node.name === name);
    return !isThere || this.all.every((node) => node.name === name || !node.isUp);
  }
}
