import { Phases } from './phases.mjs';

const BATCHES_IN_FLIGHT = 3;

/**
 * One connection has the first server send to clients of the others, one after the other, so many in each
 * turn of the event loop. Each of them checks that it gets all of its messages, once and in order.
 */
export class SendToLoad {
  #received = 0;
  #asked = 0;
  #isEnding = false;
  #finish;

  constructor(signIn, job) {
    this.signIn = signIn;
    this.job = job;
    this.body = 'abcdefghijklmnop'.repeat(Math.ceil(job.bytes / 16)).slice(0, job.bytes);
  }

  async run() {
    const [first, ...others] = this.signIn.each;
    this.asker = await first.connect();
    await first.verifyEcho(this.asker);
    this.asker.onText = (text) => {
      throw new Error(`the asker got ${text.slice(0, 200)}`);
    };
    const share = Math.ceil(this.job.connections / others.length);
    const lists = await Promise.all(others.map((signIn) => signIn.connectMany(share)));
    this.receivers = lists.flat();
    await this.#tellTargets();
    this.phases = new Phases(this.job);
    const finished = new Promise((resolve) => (this.#finish = resolve));
    for (let batch = 0; batch < BATCHES_IN_FLIGHT; batch++) this.#ask();
    await finished;
    return this.phases.figures();
  }

  async #tellTargets() {
    const { dialect } = this.signIn;
    const ids = [];
    for (const [index, receiver] of this.receivers.entries()) {
      receiver.send(dialect.ask('whoami', 'null', 0));
      receiver.flush();
      ids.push(dialect.payloadOf(await receiver.nextText()));
      let sequence = index;
      receiver.onText = (text) => {
        this.#check(text, sequence);
        sequence += this.receivers.length;
      };
    }
    this.asker.send(dialect.announce('targets', JSON.stringify({ ids, body: this.body })));
  }

  #ask() {
    const { batch } = this.job;
    const data = JSON.stringify({ from: this.#asked, count: batch });
    this.#asked += batch;
    this.asker.send(this.signIn.dialect.announce('sendMany', data));
    this.asker.flush();
  }

  #check(text, sequence) {
    const expected = `{"request":"note","data":{"sequence":${sequence},"body":"${this.body}"}}`;
    if (text !== expected) {
      throw new Error(`expected message ${sequence}, got ${text.slice(0, 200)}`);
    }
    this.#received++;
    if (this.#received % this.job.batch === 0) this.#onBatch();
  }

  #onBatch() {
    if (this.#isEnding) {
      if (this.#received === this.#asked) this.#finish();
    } else if (!this.phases.advance(this.job.batch)) this.#ask();
    else this.#askEverybodyOnceMore();
  }

  // Not measured: a message that came twice would get in the way of these.
  #askEverybodyOnceMore() {
    this.#isEnding = true;
    const batches = Math.ceil(this.receivers.length / this.job.batch);
    for (let batch = 0; batch < batches; batch++) this.#ask();
  }
}
