import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';
import { MessageQueue } from './message-queue.js';

const LONG = 20_000;
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const MISSING =
  'There is no nginx, so the tests behind one are skipped. Install it: apt-get install nginx-light';

// Where Debian has it is not in everybody's path.
const path = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'nginx'))
  .find(isExecutable);

/** Tests with an nginx of their own. Where there is none they are skipped, but never in CI. */
export function describeWithNginx(name: string, body: () => void): void {
  if (path !== undefined) return describe(name, body);
  if (process.env['CI'] !== undefined) throw new Error(MISSING);
  process.stderr.write(`${MISSING}\n`);
  describe.skip(name, body);
}

/** An nginx of a test's own, with files in a folder of its own. */
export class Nginx {
  private readonly log = new MessageQueue<string>();
  private child: ChildProcess | undefined;

  private constructor(private readonly folder: string) {}

  /**
   * @param servers What stands inside of `http`
   * @param files More files of its folder, by their names
   */
  static async start(servers: string, files: Record<string, string> = {}): Promise<Nginx> {
    const nginx = new Nginx(await mkdtemp(join(tmpdir(), 'nestjs-sockets-nginx-')));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(nginx.folder, name), content);
    }
    await nginx.configure(servers);
    try {
      await nginx.run();
      return nginx;
    } catch (error) {
      await nginx.stop();
      throw error;
    }
  }

  /** `nginx -s reload`: resolves when new connections are served as configured now. */
  async reload(servers: string): Promise<void> {
    await this.configure(servers);
    await promisify(execFile)(path!, [...this.args(), '-s', 'reload']);
    // The old worker is told to go when the new one is there.
    await this.logged('gracefully shutting down');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      // It ends its workers, the old ones too.
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const child = spawn(path!, this.args(), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    createInterface({ input: child.stderr }).on('line', (line) => this.log.push(line));
    child.once('exit', () =>
      this.log.end(
        (what) => new Error(`nginx ended before ${what}: ${this.log.unread.join('\n')}`),
      ),
    );
    await this.logged('start worker process ');
  }

  private logged(text: string): Promise<string> {
    return this.log.nextMatching((line) => line.includes(text), `"${text}" in nginx's log`, LONG);
  }

  private args(): string[] {
    return ['-p', this.folder, '-c', 'nginx.conf', '-e', 'stderr'];
  }

  private configure(servers: string): Promise<void> {
    const lines = [
      'daemon off;',
      // Workers of root would be somebody who may not write into the folder.
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      'worker_processes 1;',
      'pid nginx.pid;',
      'error_log stderr notice;',
      'events {}',
      'http {',
      'access_log off;',
      ...TEMPORARY.map((name) => `${name}_temp_path ${name}_temp;`),
      servers,
      '}',
    ];
    return writeFile(join(this.folder, 'nginx.conf'), lines.join('\n'));
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
