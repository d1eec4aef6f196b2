import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RELEASE } from './parent.js';

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface HallProcessOptions {
  readonly name: string;
  /** The module that it runs. */
  readonly script: URL;
  /** Added to this process's own environment. */
  readonly env: Record<string, string>;
  /** Gets each line that the process prints. */
  readonly onLine: (line: string) => void;
}

/** A process of the hall, started and stopped by this one. */
export class HallProcess {
  readonly name: string;
  /** Resolves when the process has gone and everything it printed was read. */
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;

  constructor({ name, script, env, onLine }: HallProcessOptions) {
    this.name = name;
    this.child = fork(fileURLToPath(script), {
      env: { ...process.env, OTEL_SERVICE_NAME: name, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.ended = endOf(this.child);
    for (const output of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: output }).on('line', (line) => onLine(`${name}: ${line}`));
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The next message that the process sends through its IPC channel. */
  async message<T>(): Promise<T> {
    const [message]: T[] = await once(this.child, 'message');
    return message!;
  }

  /** Hears every message from now on. */
  onMessage(listener: (message: object) => void): void {
    this.child.on('message', (message: object) => listener(message));
  }

  /** Has the process end by itself, as one whose parent has gone. */
  release(): void {
    // Not by disconnect(): Node emits no "close" after it.
    this.child.send(RELEASE, () => undefined);
  }

  /** As if somebody had pulled its plug. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Asks the process to go, and kills it when it is still there after that many milliseconds. */
  async stop(patience: number): Promise<void> {
    this.child.kill('SIGTERM');
    const insist = setTimeout(() => this.child.kill('SIGKILL'), patience);
    await this.ended.catch(() => undefined);
    clearTimeout(insist);
  }
}

async function endOf(child: ChildProcess): Promise<Ending> {
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode };
}
