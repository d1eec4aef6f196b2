import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MessageQueue } from './message-queue.js';
import { withDeadline } from './with-deadline.js';

const REGISTER = new URL('./typescript.register.mjs', import.meta.url).href;
const BIN = fileURLToPath(new URL('../../src/cli/nestjs-sockets.ts', import.meta.url));

// It compiles what it runs, on a machine that may do much else.
const DEADLINE = 40_000;

/** The command line in a process of its own, in pipes. */
export class CliProcess {
  readonly lines = new MessageQueue<string>();
  output = '';
  error = '';
  private readonly ended: Promise<number | NodeJS.Signals>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.error += text));
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line));
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.lines.end((what) => new Error(`The command ended before ${what}: ${this.error}`));
      return (code ?? signal) as number | NodeJS.Signals;
    });
  }

  /** @param variables All of its environment but PATH */
  static start(words: readonly string[], variables: Record<string, string> = {}): CliProcess {
    const env = { PATH: process.env['PATH'], ...variables };
    const command = ['--disable-warning=ExperimentalWarning', '--import', REGISTER, BIN, ...words];
    return new CliProcess(spawn(process.execPath, command, { env, stdio: 'pipe' }));
  }

  /** The next line of its output, which is JSON. */
  async nextJson<T = unknown>(what: string): Promise<T> {
    return JSON.parse(await this.lines.next(what, DEADLINE)) as T;
  }

  write(...lines: readonly string[]): void {
    for (const line of lines) this.child.stdin.write(`${line}\n`);
  }

  /** As `yes` does, until nobody reads any more. */
  writeWithoutEnd(line: string): void {
    const { stdin } = this.child;
    const write = () => {
      while (stdin.writable && stdin.write(`${line}\n`));
    };
    stdin.on('drain', write);
    write();
  }

  /** No more input comes. */
  endInput(): void {
    this.child.stdin.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Its exit code, or the signal that ended it. */
  untilEnded(): Promise<number | NodeJS.Signals> {
    return withDeadline(this.ended, DEADLINE, 'the command to end');
  }
}
