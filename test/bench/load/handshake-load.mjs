import { startMeter } from '../process-meter.mjs';

/** Upgrades and authentications, a few at a time, after as many for warm-up. */
export class HandshakeLoad {
  constructor(signIn, job) {
    this.signIn = signIn;
    this.job = job;
  }

  async run() {
    const { count, pid } = this.job;
    const early = await this.signIn.connectMany(count);
    await Promise.all(early.map((connection) => connection.close()));
    const stopMeter = startMeter(pid);
    const connections = await this.signIn.connectMany(count);
    const { cpu, from, to } = stopMeter();
    if (connections.length !== count) throw new Error('connections are missing');
    await this.signIn.verifyEcho(connections.at(-1));
    return { value: cpu / count, count, from, to };
  }
}
