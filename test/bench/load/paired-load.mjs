import { startMeter } from '../process-meter.mjs';
import { EchoRequests } from './echo-requests.mjs';
import { SignIn } from './sign-in.mjs';

const PAIRS_PER_BLOCK = 20;

/**
 * The same bursts of echo requests for two ports of one process, in turns. What disturbs the machine, and
 * how this process happened to be compiled and laid out, is the same for both. Each burst pays for its own
 * garbage, which is collected at its end. Which port comes first is left to chance.
 */
export class PairedLoad {
  #sides;
  #onIdle;

  constructor(signIn, job) {
    this.job = job;
    const twinSignIn = new SignIn({ ...job, port: job.twinPort });
    this.#sides = [signIn, twinSignIn].map((side) => {
      const requests = new EchoRequests(side, job, () => {
        if (requests.inFlight === 0) this.#onIdle();
      });
      return requests;
    });
  }

  /** @returns {Promise<{ blocks: [number, number][] }>} microseconds for each message, by port */
  async run() {
    for (const requests of this.#sides) await requests.connect();
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
    for (let pair = 0; pair < PAIRS_PER_BLOCK; pair++) {
      const first = Math.random() < 0.5 ? 0 : 1;
      for (const side of [first, 1 - first]) {
        const stop = startMeter(this.job.pid);
        await this.#burst(this.#sides[side]);
        await this.#collectGarbage(this.#sides[side]);
        cpu[side] += stop().cpu;
      }
    }
    const { connections, pipeline } = this.job;
    const messages = PAIRS_PER_BLOCK * connections * pipeline;
    return cpu.map((microseconds) => microseconds / messages);
  }

  async #burst(requests) {
    const done = this.#untilIdle();
    requests.burst(this.job.connections, this.job.pipeline);
    await done;
  }

  async #collectGarbage(requests) {
    const done = this.#untilIdle();
    const [connection] = requests.connections;
    requests.ask(connection, 'collectGarbage');
    connection.flush();
    await done;
  }

  async #untilIdle() {
    await new Promise((resolve) => (this.#onIdle = resolve));
  }
}
