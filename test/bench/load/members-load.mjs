const WARM_UP_CONNECTIONS = 100;

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
    // So that whatever first requests leave behind is there, and what they run is compiled.
    await this.#join([]);
    const early = this.connections.slice(0, WARM_UP_CONNECTIONS);
    for (const warmUp of ['a', 'b', 'c', 'd']) await this.#join([`${prefix}:${warmUp}`], early);
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

  async #join(rooms, connections = this.connections) {
    const idle = new Promise((resolve) => (this.#onIdle = resolve));
    this.#open = connections.length;
    for (const connection of connections) {
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
