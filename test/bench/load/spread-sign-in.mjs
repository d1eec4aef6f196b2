import { SignIn } from './sign-in.mjs';

/** Connects to several servers, to one after the other. */
export class SpreadSignIn {
  #signIns;

  /** @param {{ ports: number[] }} target beyond that of a SignIn */
  constructor({ ports, ...target }) {
    this.#signIns = ports.map((port) => new SignIn({ ...target, port }));
    this.dialect = this.#signIns[0].dialect;
  }

  /** One to each, in the order of their ports. @returns {SignIn[]} */
  get each() {
    return this.#signIns;
  }

  /** One to the first server, one to the second, and so on. */
  async connectMany(count) {
    const share = Math.ceil(count / this.#signIns.length);
    const lists = await Promise.all(this.#signIns.map((signIn) => signIn.connectMany(share)));
    return Array.from(
      { length: count },
      (_, index) => lists[index % lists.length][Math.floor(index / lists.length)],
    );
  }

  verifyEcho(connection) {
    return this.#signIns[0].verifyEcho(connection);
  }
}
