import { randomBytes } from 'node:crypto';
import type { RoomsOptions } from '../../../src/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import type { RedisServer } from '../../helpers/redis-server.js';
import { startRelay, type TcpRelay } from '../../helpers/tcp-relay.js';
import { Balancer } from './balancer.js';
import { Child } from './child.js';
import type { NodeCommands } from './node.process.js';
import type { Random } from './random.js';

/** One node in a process of its own, which reaches Redis by a way that can be cut or frozen. */
export class ClusterNode {
  private child: Child<NodeCommands> | undefined;

  private constructor(
    readonly relay: TcpRelay,
    private readonly prefix: string,
    private readonly rooms: RoomsOptions,
    /** Of the server; 0 until it has run. */
    public port: number,
  ) {}

  static async start(
    redis: RedisServer,
    prefix: string,
    rooms: RoomsOptions,
  ): Promise<ClusterNode> {
    const node = new ClusterNode(await startRelay(redis.port), prefix, rooms, 0);
    await node.restart();
    return node;
  }

  get isRunning(): boolean {
    return this.child?.isRunning === true;
  }

  get process(): Child<NodeCommands> {
    return this.child!;
  }

  async restart(): Promise<void> {
    const child = await Child.start<NodeCommands>('node.process.js');
    const url = `redis://127.0.0.1:${this.relay.port}`;
    const { port, prefix, rooms } = this;
    const redis = { url, prefix };
    this.port = await child.call('start', { port, authKey: AUTH_KEY, redis, rooms });
    this.child = child;
  }

  /** SIGKILL: it says goodbye to nobody. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    await child?.kill();
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.relay.stop();
  }
}

/** Several nodes, the Redis that they share, and a load balancer before them. */
export class NodeCluster {
  readonly prefix = `test-${randomBytes(8).toString('hex')}:`;
  readonly nodes: ClusterNode[] = [];
  private balancer: Balancer | undefined;

  private constructor(
    readonly redis: RedisServer,
    private readonly random: Random,
  ) {}

  static async start(
    redis: RedisServer,
    count: number,
    rooms: RoomsOptions,
    random: Random,
  ): Promise<NodeCluster> {
    const cluster = new NodeCluster(redis, random);
    try {
      const nodes = Array.from({ length: count }, () =>
        ClusterNode.start(redis, cluster.prefix, rooms),
      );
      cluster.nodes.push(...(await Promise.all(nodes)));
      cluster.balancer = await Balancer.start(() => cluster.someNode()?.port);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get address(): string {
    return this.balancer!.address;
  }

  running(): ClusterNode[] {
    return this.nodes.filter(({ isRunning }) => isRunning);
  }

  someNode(): ClusterNode | undefined {
    const running = this.running();
    return running.length === 0 ? undefined : this.random.pick(running);
  }

  /** Sends about so many percent of the clients elsewhere. */
  moveClients(percent: number): void {
    this.balancer!.cut(() => this.random.between(1, 100) <= percent);
  }

  async stop(): Promise<void> {
    await this.balancer?.stop();
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}
