import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { withDeadline } from './with-deadline.js';

const MILLISECONDS_TO_START = 15_000;
const ATTEMPTS = 5;

/** The `redis-server` of this machine, if it is installed. */
export const redisServerPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find(isExecutable);

/** A `redis-server` of a test's own, without persistence, on a free port. */
export class RedisServer {
  private child: ChildProcess | undefined;
  private isPaused = false;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** @see startRedis */
  static async start(): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-sockets-redis-'));
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(await freePort(), folder);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Somebody else may have taken the port.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill();
    const options = { port: this.port, bind: '127.0.0.1', dir: this.folder, appendonly: 'no' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(redisServerPath!, [...args, '--save', ''], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.child = child;
    await withDeadline(untilReady(child), MILLISECONDS_TO_START, 'redis-server to start');
  }

  /** As if it had crashed: SIGKILL. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    this.isPaused = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Freezes it: connections stay, and nothing answers. */
  pause(): void {
    this.isPaused = this.child?.kill('SIGSTOP') ?? false;
  }

  resume(): void {
    if (this.isPaused) this.child?.kill('SIGCONT');
    this.isPaused = false;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes('eady to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`redis-server ended: ${text}`)));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
