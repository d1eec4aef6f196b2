/**
 * What it costs a server that its connections are in a room, and in several: its memory without garbage
 * before, and after each of both.
 */
export class MembersLoad {
  #open = 0;
  #onIdle;

  constructor(signIn, job, collectServerGarbage) {
    this.signIn = signIn;
    this.job = job;
    this.collectServerGarbage = collectServerGarbage;
  }

  /** @returns {Promise<{ heap: number[], resident: number[] }>} bytes for each that joined a room */
  async run() {
    const { count, rooms, prefix } = this.job;
    this.connections = await this.signIn.connectMany(count);
    await this.signIn.verifyEcho(this.connections[0]);
    for (const connection of this.connections) connection.onText = (text) => this.#onText(text);
    const names = Array.from({ length: rooms }, (_, index) => `${prefix}:${index}`);
    // So that whatever a first request leaves behind is there.
    await this.#join([]);
    const none = await this.#memory();
    await this.#join(names.slice(0, 1));
    const one = await this.#memory();
    await this.#join(names.slice(1));
    const all = await this.#memory();
    const each = (field) => [
      (one[field] - none[field]) / count,
      (all[field] - none[field]) / count / rooms,
    ];
    return { heap: each('heap'), resident: each('resident') };
  }

  async #memory() {
    const { heapUsed, external, rss } = await this.collectServerGarbage();
    return { heap: heapUsed + external, resident: rss };
  }

  async #join(rooms) {
    const idle = new Promise((resolve) => (this.#onIdle = resolve));
    this.#open = this.connections.length;
    for (const connection of this.connections) {
      connection.send(this.signIn.dialect.ask('join', JSON.stringify(rooms), 0));
      connection.flush();
    }
    await idle;
  }

  // What it is told of rooms with history comes, too.
  #onText(text) {
    if (!text.includes('"response":"joined"')) return;
    if (--this.#open === 0) this.#onIdle();
  }
}
