import { echoName } from '../echo-name.mjs';
import { Payloads } from './payloads.mjs';
import { Phases } from './phases.mjs';

/**
 * Echo requests, several in flight on each connection.
 *
 * `burst`: connections write their requests at once, the next burst goes out when all replies are
 * in; so what arrives when does not depend on how fast anybody is. With fewer `active` connections
 * than there are, the bursts go round. `window`: every reply is followed by a new request.
 */
export class RequestLoad {
  #connections;
  #pending = new Map();
  #inFlight = 0;
  #next = 0;
  #isLast = false;
  #finish;

  constructor(signIn, job) {
    this.signIn = signIn;
    this.job = job;
    this.payloads = new Payloads(job.bytes);
  }

  async run() {
    const { connections: count } = this.job;
    this.#connections = await this.signIn.connectMany(count);
    await this.signIn.verifyEcho(this.#connections[0]);
    for (const connection of this.#connections) {
      this.#pending.set(connection, []);
      connection.onText = (text) => this.#onReply(connection, text);
    }
    this.phases = new Phases(this.job);
    const finished = new Promise((resolve) => (this.#finish = resolve));
    this.#burst(this.job.active ?? count, this.job.pipeline);
    await finished;
    return this.phases.figures();
  }

  #burst(size, requests) {
    for (let index = 0; index < size; index++) {
      const connection = this.#connections[this.#next++ % this.#connections.length];
      for (let request = 0; request < requests; request++) this.#ask(connection);
      connection.flush();
    }
  }

  #ask(connection) {
    const { sequence, json } = this.payloads.next();
    const { dialect } = this.signIn;
    const name = echoName(sequence % (this.job.handlers ?? 1));
    this.#pending.get(connection).push(dialect.reply(name, json, sequence));
    this.#inFlight++;
    connection.send(dialect.ask(name, json, sequence));
  }

  #onReply(connection, text) {
    const expected = this.#pending.get(connection);
    const index = expected[0] === text ? 0 : expected.indexOf(text);
    if (index < 0) throw new Error(`wrong or doubled reply: ${text.slice(0, 200)}`);
    expected.splice(index, 1);
    this.#inFlight--;
    if (this.job.drive === 'burst') this.#continueBursts();
    else this.#continueWindow(connection);
  }

  #continueBursts() {
    const { active = this.#connections.length, pipeline } = this.job;
    if (this.#inFlight > 0) return;
    if (this.#isLast) this.#finish();
    else if (this.phases.advance(active * pipeline)) this.#askEverybodyOnceMore();
    else this.#burst(active, pipeline);
  }

  #continueWindow(connection) {
    if (!this.#isLast && !this.phases.advance(1)) this.#ask(connection);
    else if (!this.#isLast) this.#askEverybodyOnceMore();
    else if (this.#inFlight === 0) this.#finish();
  }

  // Not measured: a reply that came twice would get in the way of these.
  #askEverybodyOnceMore() {
    this.#isLast = true;
    this.#burst(this.#connections.length, 1);
  }
}
