import { echoName } from '../echo-name.mjs';
import { Payloads } from './payloads.mjs';

/** Echo requests over connections to one server; every reply is checked. */
export class EchoRequests {
  inFlight = 0;
  /** @type {import('./load-connection.mjs').LoadConnection[]} */
  connections;
  #pending = new Map();
  #next = 0;

  /**
   * @param {import('./sign-in.mjs').SignIn} signIn
   * @param {{ connections: number, bytes: number, handlers?: number }} job
   * @param {(connection: import('./load-connection.mjs').LoadConnection) => void} onReply
   */
  constructor(signIn, job, onReply) {
    this.signIn = signIn;
    this.job = job;
    this.onReply = onReply;
    this.payloads = new Payloads(job.bytes);
  }

  async connect() {
    this.connections = await this.signIn.connectMany(this.job.connections);
    await this.signIn.verifyEcho(this.connections[0]);
    for (const connection of this.connections) {
      this.#pending.set(connection, []);
      connection.onText = (text) => this.#onText(connection, text);
    }
  }

  /** So many connections write so many requests at once; which ones goes round. */
  burst(size, requests) {
    for (let index = 0; index < size; index++) {
      const connection = this.connections[this.#next++ % this.connections.length];
      for (let request = 0; request < requests; request++) this.ask(connection);
      connection.flush();
    }
  }

  ask(connection, handler) {
    const { sequence, json } = this.payloads.next();
    const { dialect } = this.signIn;
    const name = handler ?? echoName(sequence % (this.job.handlers ?? 1));
    this.#pending.get(connection).push(dialect.reply(name, json, sequence));
    this.inFlight++;
    connection.send(dialect.ask(name, json, sequence));
  }

  #onText(connection, text) {
    const expected = this.#pending.get(connection);
    const index = expected[0] === text ? 0 : expected.indexOf(text);
    if (index < 0) throw new Error(`wrong or doubled reply: ${text.slice(0, 200)}`);
    expected.splice(index, 1);
    this.inFlight--;
    this.onReply(connection);
  }
}
