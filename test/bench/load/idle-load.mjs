import { residentKiB } from '../process-meter.mjs';

const WARM_UP_CONNECTIONS = 50;

/** Memory of authenticated connections that say nothing, after a garbage collection. */
export class IdleLoad {
  constructor(signIn, job, collectServerGarbage) {
    this.signIn = signIn;
    this.job = job;
    this.collectServerGarbage = collectServerGarbage;
  }

  async run() {
    const { count } = this.job;
    const early = await this.signIn.connectMany(WARM_UP_CONNECTIONS);
    await this.signIn.verifyEcho(early[0]);
    await Promise.all(early.map((connection) => connection.close()));
    const before = await this.#settledKiB();
    const connections = await this.signIn.connectMany(count);
    for (const connection of connections) connection.onText = refuse;
    const after = await this.#settledKiB();
    await this.signIn.verifyEcho(connections.at(-1));
    return { value: (after - before) / count, count, before, after };
  }

  async #settledKiB() {
    await this.collectServerGarbage();
    return residentKiB(this.job.pid);
  }
}

function refuse() {
  throw new Error('an idle connection got a message');
}
