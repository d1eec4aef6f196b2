import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MessageQueue } from './message-queue.js';
import { readMessage, type WireMessage } from './raw-message.js';
import { withDeadline } from './with-deadline.js';

const SCRIPT = fileURLToPath(new URL('./python-client.py', import.meta.url));
// Debian's package python3-websockets belongs to the second, whatever the first is.
const PYTHONS = ['python3', '/usr/bin/python3'];
const MILLISECONDS_TO_START = 15_000;

/** A Python that can import websockets; undefined where there is none. */
export const PYTHON = pythonWith('websockets');

/** One that can seal, too. */
export const PYTHON_WITH_CRYPTOGRAPHY = pythonWith('websockets, cryptography');

function pythonWith(modules: string): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', `import ${modules}`]).status === 0);
}

type ClientEvent =
  | { readonly event: 'open' }
  | { readonly event: 'message'; readonly text: string }
  | { readonly event: 'closed'; readonly code: number };

/** A client of the wire on Python's websockets. Encryption is off: Python comes without AES. */
export class PythonClient {
  readonly received = new MessageQueue<WireMessage>();
  /** The close code; undefined when the process ended before the connection did. */
  readonly closed: Promise<number | undefined>;
  #code: number | undefined;
  #errors = '';

  static async connect(address: string, authKey: string): Promise<PythonClient> {
    if (PYTHON === undefined) throw new Error('No python3 here can import websockets');
    const client = new PythonClient(spawn(PYTHON, [SCRIPT, address], { stdio: 'pipe' }), authKey);
    await withDeadline(client.#opened, MILLISECONDS_TO_START, 'the client in Python to connect');
    return client;
  }

  readonly #opened: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly authKey: string,
  ) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    // What is written to a process that has ended shows in `closed`.
    child.stdin!.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => this.#take(JSON.parse(line) as ClientEvent));
    this.closed = once(child, 'close').then(() => this.#code);
    const ended = this.closed.then((code) => {
      const how = code === undefined ? this.#errors : `Closed with ${code}`;
      this.received.end((what) => new Error(`${how} while waiting for ${what}`));
      throw new Error(how);
    });
    this.#opened = Promise.race([once(lines, 'line').then(() => undefined), ended]);
    ended.catch(() => undefined);
  }

  send(message: object): void {
    this.child.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  authenticate(): Promise<WireMessage> {
    return this.request('auth', { authKey: this.authKey }, { id: 0 });
  }

  request(name: string, data?: unknown, more: object = {}): Promise<WireMessage> {
    this.send({ request: name, data, ...more });
    return this.received.nextMatching(({ request }) => request === name, `the reply to ${name}`);
  }

  close(): Promise<number | undefined> {
    this.child.stdin!.end();
    return this.closed;
  }

  #take(event: ClientEvent): void {
    if (event.event === 'message') this.received.push(readMessage(Buffer.from(event.text)));
    if (event.event === 'closed') this.#code = event.code;
  }
}
