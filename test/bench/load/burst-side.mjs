import { EchoRequests } from './echo-requests.mjs';

/** Bursts of echo requests over several connections to one server. */
export class BurstSide {
  #onIdle;

  constructor(signIn, job) {
    this.job = job;
    this.requests = new EchoRequests(signIn, job, () => {
      if (this.requests.inFlight === 0) this.#onIdle();
    });
  }

  /** In one burst. */
  get messages() {
    return this.job.connections * this.job.pipeline;
  }

  connect() {
    return this.requests.connect();
  }

  async run() {
    const done = this.#untilIdle();
    this.requests.burst(this.job.connections, this.job.pipeline);
    await done;
  }

  async collectGarbage() {
    const done = this.#untilIdle();
    const [connection] = this.requests.connections;
    this.requests.ask(connection, 'collectGarbage');
    connection.flush();
    await done;
  }

  async #untilIdle() {
    await new Promise((resolve) => (this.#onIdle = resolve));
  }
}
