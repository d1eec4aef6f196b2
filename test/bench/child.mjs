import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const DEADLINE = 120_000;

/** A process of one measurement: a server, or what makes load. */
export class Child {
  #process;
  #messages;

  /**
   * @param {string} file in this folder
   * @param {Record<string, unknown>} settings
   * @param {string[]} [execArgv]
   * @param {number} [deadline] milliseconds that it may live
   */
  constructor(file, settings, execArgv = [], deadline = DEADLINE) {
    const env = {
      ...process.env,
      NODE_ENV: 'production',
      BENCH_SETTINGS: JSON.stringify(settings),
    };
    this.file = file;
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), { env, execArgv });
    const signal = AbortSignal.timeout(deadline);
    this.#messages = on(this.#process, 'message', { close: ['exit'], signal });
  }

  get pid() {
    return this.#process.pid;
  }

  get #isRunning() {
    const { exitCode, signalCode } = this.#process;
    return exitCode === null && signalCode === null;
  }

  send(message) {
    this.#process.send(message);
  }

  /** Its next message. @throws when it has ended, when it says `error`, and after its deadline */
  async next() {
    const { value, done } = await this.#messages.next().catch((cause) => {
      throw new Error(`${this.file} did not end in time, as when messages are lost`, { cause });
    });
    if (done) throw new Error(`${this.file} ended with ${this.#process.exitCode}`);
    const [message] = value;
    if (message.error) throw new Error(message.error);
    return message;
  }

  /** Lets it end by itself. */
  async leave() {
    if (!this.#isRunning) return;
    const gone = once(this.#process, 'exit');
    this.send('stop');
    await gone;
  }

  async kill() {
    if (!this.#isRunning) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}
