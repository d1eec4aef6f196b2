import { once } from 'node:events';
import { EchoRequests } from './echo-requests.mjs';

const clockMicroseconds = () => Number(process.hrtime.bigint() / 1000n);

/**
 * Light clients: each asks so many times a second, one after the other's turn, whether it was answered or
 * not, until the bench says that it is over. Reports when each request was sent, and how long it took.
 */
export class PacedLoad {
  #askedAt = new Map();
  #answers = [];

  constructor(signIn, job) {
    this.job = job;
    this.requests = new EchoRequests(signIn, job, (connection) => this.#onReply(connection));
  }

  async run() {
    await this.requests.connect();
    for (const connection of this.requests.connections) this.#askedAt.set(connection, []);
    process.send('ready');
    const timer = setInterval(
      () => this.#ask(),
      1000 / (this.job.perSecond * this.job.connections),
    );
    await once(process, 'message');
    clearInterval(timer);
    return this.#answers;
  }

  #ask() {
    const connection = this.requests.connections[this.#next++ % this.job.connections];
    this.#askedAt.get(connection).push(clockMicroseconds());
    this.requests.ask(connection);
    connection.flush();
  }

  #next = 0;

  #onReply(connection) {
    const from = this.#askedAt.get(connection).shift();
    this.#answers.push({ from, took: clockMicroseconds() - from });
  }
}
