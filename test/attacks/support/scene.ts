import { spawnSync } from 'node:child_process';
import { setPriority } from 'node:os';
import type { SocketsOptions } from '../../../src/index.js';
import { AttackedServer } from './attacked-server.js';
import type { AttackerCommands } from './attacker.process.js';
import { Child } from './child.js';
import { formatCount, type Promises } from './finding.js';
import type { Fleet, FleetPlan } from './fleet.js';
import type { HonestLoad } from './honest-load.js';
import { percentile } from './statistics.js';

const HONEST_CLIENTS = 10;
const LOWEST_PRIORITY = 19;

/** The processes of one scenario. All of them are stopped at its `end()`, which `play()` sees to. */
export class Scene {
  readonly #ends: (() => Promise<void>)[] = [];

  static async play<T>(body: (scene: Scene) => Promise<T>): Promise<T> {
    const scene = new Scene();
    try {
      return await body(scene);
    } finally {
      await scene.end();
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
  }

  async server(options?: SocketsOptions): Promise<AttackedServer> {
    const server = await AttackedServer.start(options);
    this.#ends.push(() => server.stop());
    return server;
  }

  async attacker(): Promise<Child<AttackerCommands>> {
    const attacker = await this.child<AttackerCommands>('attacker.process.js');
    giveWay(attacker.process.pid!);
    return attacker;
  }

  async honest(server: AttackedServer): Promise<Child<HonestLoad>> {
    const honest = await this.child<HonestLoad>('honest.process.js');
    await honest.call('connect', server.target, HONEST_CLIENTS);
    return honest;
  }

  async fleet(server: AttackedServer, plan: FleetPlan): Promise<Child<Fleet>> {
    const fleet = await this.child<Fleet>('fleet.process.js');
    await fleet.call('connect', server.target, plan);
    return fleet;
  }

  async child<T>(script: string): Promise<Child<T>> {
    const child = await Child.start<T>(script);
    this.#ends.push(() => child.kill());
    return child;
  }
}

/**
 * The attacker has a machine of its own in real life: here it gets what the others leave. Linux lets a
 * process of a low priority finish its slice of some milliseconds before others may go on, unless it is
 * of the class for idle times.
 */
function giveWay(pid: number): void {
  setPriority(pid, LOWEST_PRIORITY);
  spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(pid)]);
}

/** Whether the others were left alone by an attack. */
export interface Bystanders {
  readonly seen: string;
  readonly promises: Promises;
}

/** Ends the honest load: what every attack promises about everybody else. */
export async function bystandersOf(
  server: AttackedServer,
  honest: Child<HonestLoad>,
): Promise<Bystanders> {
  const { latencies, failures } = await honest.call('end');
  const crashes = server.isRunning ? 0 : 1;
  return {
    seen: `${crashes} crashes, ${formatCount(latencies.length)} honest requests answered, p95 ${percentile(latencies, 95).toFixed(1)} ms`,
    promises: {
      'the server survives': crashes === 0,
      'honest clients are served': latencies.length > 0,
      'every honest request is answered': failures,
    },
  };
}
