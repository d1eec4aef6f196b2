import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MessageQueue } from './message-queue.js';
import { withDeadline } from './with-deadline.js';

const REGISTER = new URL('./typescript.register.mjs', import.meta.url).href;
const MILLISECONDS_TO_START = 15_000;

/** A TypeScript file that runs in a process of its own, and tells what it has to say line by line. */
export class TestProcess {
  readonly lines = new MessageQueue<string>();
  readonly ended: Promise<number | NodeJS.Signals>;
  private errors = '';

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(line));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.lines.end((what) => new Error(`The process ended before ${what}: ${this.errors}`));
      return (code ?? signal) as number | NodeJS.Signals;
    });
  }

  static start(file: URL, ...args: string[]): TestProcess {
    const command = ['--import', REGISTER, fileURLToPath(file), ...args];
    // Jest's, which tests change, and not the one that child processes get by default.
    const { env } = process;
    return new TestProcess(
      spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** What was printed as a line of JSON. */
  async nextJson<T>(what: string): Promise<T> {
    return JSON.parse(await this.lines.next(what, MILLISECONDS_TO_START)) as T;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code, or the signal that ended it. */
  untilEnded(): Promise<number | NodeJS.Signals> {
    return withDeadline(this.ended, MILLISECONDS_TO_START, 'the process to end');
  }
}
