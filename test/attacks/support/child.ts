import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { withDeadline } from '../../helpers/with-deadline.js';
import type { Call, Commands, Reply } from './commands.js';
import { compiledTree } from './compiled-tree.js';

const CALL_DEADLINE = 120_000;
const KEPT_OUTPUT = 64 * 1024;

/** A process of this folder's scripts, and calls into it. */
export class Child<T> {
  /** The end of what it printed: the log of a server. */
  output = '';
  /** Resolves with the exit code or the signal. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  #calls = 0;
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  static async start<T>(script: string, execArgv: readonly string[] = []): Promise<Child<T>> {
    const path = join(await compiledTree(), 'test/attacks/support', script);
    const process = fork(path, {
      execArgv: ['--expose-gc', '--enable-source-maps', ...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new Child<T>(process);
  }

  private constructor(readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    }
    // A process that died shows in `exited`.
    process.on('error', () => undefined);
    process.on('message', (reply: Reply) => this.#settle(reply));
    this.exited = once(process, 'exit').then(() => process.exitCode ?? process.signalCode);
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  async call<K extends keyof Commands<T> & string>(
    command: K,
    ...args: Parameters<Commands<T>[K]>
  ): Promise<Awaited<ReturnType<Commands<T>[K]>>> {
    const id = ++this.#calls;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.process.send({ id, command, args } satisfies Call);
    const died = this.exited.then((how) => {
      throw new Error(`The process ended (${how}) before ${command} was done:\n${this.output}`);
    });
    const { error, result } = await withDeadline(
      Promise.race([reply, died]),
      CALL_DEADLINE,
      command,
    );
    if (error !== undefined) throw new Error(`${command} failed: ${error}`);
    return result as Awaited<ReturnType<Commands<T>[K]>>;
  }

  /** SIGKILL: no chance to say goodbye. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  /** SIGTERM: asks it to end. */
  terminate(): void {
    this.process.kill('SIGTERM');
  }

  /** Stops it in its tracks: its sockets stay open, and nobody reads them. */
  freeze(): void {
    this.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.process.kill('SIGCONT');
  }

  #keep(text: string): void {
    this.output = (this.output + text).slice(-KEPT_OUTPUT);
  }

  #settle(reply: Reply): void {
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}
