import { percentile } from '../statistics.mjs';
import { EchoRequests } from './echo-requests.mjs';
import { Phases } from './phases.mjs';

/**
 * Echo requests, several in flight on each connection.
 *
 * `burst`: connections write their requests at once, the next burst goes out when all replies are
 * in; so what arrives when does not depend on how fast anybody is. With fewer `active` connections
 * than there are, the bursts go round. `window`: every reply is followed by a new request.
 */
export class RequestLoad {
  #isLast = false;
  #burstAt = 0;
  /** Milliseconds from a burst to each of its replies. */
  #latencies = [];
  #finish;

  constructor(signIn, job) {
    this.job = job;
    this.requests = new EchoRequests(signIn, job, (connection) => this.#onReply(connection));
  }

  async run() {
    const { connections, active = connections, pipeline } = this.job;
    await this.requests.connect();
    this.phases = new Phases(this.job);
    const finished = new Promise((resolve) => (this.#finish = resolve));
    this.#burst(active, pipeline);
    await finished;
    const p99 = this.#latencies.length > 0 ? percentile(this.#latencies, 99) : undefined;
    return { ...this.phases.figures(), p99 };
  }

  #onReply(connection) {
    if (this.job.drive === 'burst') this.#continueBursts();
    else this.#continueWindow(connection);
  }

  #continueBursts() {
    const { connections, active = connections, pipeline } = this.job;
    if (this.phases.isMeasuring) this.#latencies.push(performance.now() - this.#burstAt);
    if (this.requests.inFlight > 0) return;
    if (this.#isLast) this.#finish();
    else if (this.phases.advance(active * pipeline)) this.#askEverybodyOnceMore();
    else this.#burst(active, pipeline);
  }

  #burst(active, pipeline) {
    this.#burstAt = performance.now();
    this.requests.burst(active, pipeline);
  }

  #continueWindow(connection) {
    if (!this.#isLast && !this.phases.advance(1)) this.requests.ask(connection);
    else if (!this.#isLast) this.#askEverybodyOnceMore();
    else if (this.requests.inFlight === 0) this.#finish();
  }

  // Not measured: a reply that came twice would get in the way of these.
  #askEverybodyOnceMore() {
    this.#isLast = true;
    this.requests.burst(this.job.connections, 1);
  }
}
