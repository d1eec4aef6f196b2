import { Payloads } from './payloads.mjs';
import { Phases } from './phases.mjs';

/** One connection announces, all get it; the next announcement goes out when the last has it. */
export class BroadcastLoad {
  #connections;
  #waiting = new Set();
  #expected = '';
  #isLast = false;
  #finish;

  constructor(signIn, job) {
    this.signIn = signIn;
    this.job = job;
    this.payloads = new Payloads(job.bytes);
  }

  async run() {
    this.#connections = await this.signIn.connectMany(this.job.connections);
    await this.signIn.verifyEcho(this.#connections[0]);
    for (const connection of this.#connections) {
      connection.onText = (text) => this.#onPush(connection, text);
    }
    this.phases = new Phases(this.job);
    const finished = new Promise((resolve) => (this.#finish = resolve));
    this.#announce();
    await finished;
    return this.phases.figures();
  }

  #announce() {
    const { json } = this.payloads.next();
    const { dialect } = this.signIn;
    this.#expected = dialect.push(json);
    this.#waiting = new Set(this.#connections);
    // Servers that know nothing of each other are told one by one.
    const announcers = this.#connections.slice(0, this.job.announcers ?? 1);
    for (const announcer of announcers) {
      announcer.send(dialect.announce('announce', json));
      announcer.flush();
    }
  }

  #onPush(connection, text) {
    if (text !== this.#expected) throw new Error(`wrong announcement: ${text.slice(0, 200)}`);
    if (!this.#waiting.delete(connection)) throw new Error('an announcement was delivered twice');
    if (this.#waiting.size > 0) return;
    if (this.#isLast) return this.#finish();
    // The last round is not measured: what an earlier one delivered twice would show in it.
    this.#isLast = this.phases.advance(this.#connections.length);
    setImmediate(() => this.#announce());
  }
}
