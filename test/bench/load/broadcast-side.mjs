import { Payloads } from './payloads.mjs';

/** Broadcasts to all connections to one server, of which the first one asks for them. */
export class BroadcastSide {
  #connections = [];
  #waiting = new Set();
  #expected = '';
  #onDone;

  constructor(signIn, job) {
    this.signIn = signIn;
    this.job = job;
    this.payloads = new Payloads(job.bytes);
  }

  /** In one broadcast. */
  get messages() {
    return this.job.connections;
  }

  async connect() {
    this.#connections = await this.signIn.connectMany(this.job.connections);
    await this.signIn.verifyEcho(this.#connections[0]);
    for (const connection of this.#connections) {
      connection.onText = (text) => this.#onText(connection, text);
    }
  }

  run() {
    const { json } = this.payloads.next();
    const { dialect } = this.signIn;
    const receivers = this.#connections;
    return this.#say(dialect.announce('announce', json), dialect.push(json), receivers);
  }

  collectGarbage() {
    const { dialect } = this.signIn;
    const { sequence, json } = this.payloads.next();
    const question = dialect.ask('collectGarbage', json, sequence);
    const answer = dialect.reply('collectGarbage', json, sequence);
    return this.#say(question, answer, this.#connections.slice(0, 1));
  }

  async #say(text, expected, receivers) {
    this.#expected = expected;
    this.#waiting = new Set(receivers);
    const done = new Promise((resolve) => (this.#onDone = resolve));
    const [connection] = this.#connections;
    connection.send(text);
    connection.flush();
    await done;
  }

  #onText(connection, text) {
    if (text !== this.#expected) throw new Error(`expected another one: ${text.slice(0, 200)}`);
    if (!this.#waiting.delete(connection)) throw new Error('a message was delivered twice');
    if (this.#waiting.size === 0) this.#onDone();
  }
}
