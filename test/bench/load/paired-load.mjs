import { startMeter } from '../process-meter.mjs';
import { BroadcastSide } from './broadcast-side.mjs';
import { BurstSide } from './burst-side.mjs';
import { SignIn } from './sign-in.mjs';

const PAIRS_PER_BLOCK = 20;

const sides = { burst: BurstSide, broadcast: BroadcastSide };

/**
 * The same load for two ports of one process, in turns: bursts of echo requests, or broadcasts. What
 * disturbs the machine, and how this process happened to be compiled and laid out, is the same for both.
 * Each turn pays for its own garbage, which is collected at its end. Which port comes first is left to
 * chance.
 */
export class PairedLoad {
  #sides;

  constructor(signIn, job) {
    this.job = job;
    const twinSignIn = new SignIn({ ...job, port: job.twinPort });
    const Side = sides[job.drive ?? 'burst'];
    this.#sides = [signIn, twinSignIn].map((each) => new Side(each, job));
  }

  /** @returns {Promise<{ blocks: [number, number][] }>} microseconds for each message, by port */
  async run() {
    for (const side of this.#sides) await side.connect();
    const { warmUp, seconds } = this.job;
    await this.#blocksFor(warmUp);
    return { blocks: await this.#blocksFor(seconds) };
  }

  async #blocksFor(seconds) {
    const endsAt = performance.now() + seconds * 1000;
    const blocks = [];
    do blocks.push(await this.#block());
    while (performance.now() < endsAt);
    return blocks;
  }

  async #block() {
    const cpu = [0, 0];
    const pairs = this.job.pairs ?? PAIRS_PER_BLOCK;
    for (let pair = 0; pair < pairs; pair++) {
      const first = Math.random() < 0.5 ? 0 : 1;
      for (const index of [first, 1 - first]) {
        const side = this.#sides[index];
        const stop = startMeter(this.job.pid);
        await side.run();
        await side.collectGarbage();
        cpu[index] += stop().cpu;
      }
    }
    return cpu.map((microseconds, index) => microseconds / pairs / this.#sides[index].messages);
  }
}
