import type { SocketsOptions, SocketServerStats } from '../../../src/index.js';
import { SocketClient, type SocketClientOptions } from '../../../src/client/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { Child } from './child.js';
import type { Target } from './raw-socket.js';
import type { ServerCommands } from './server.process.js';

const SCRIPT = 'server.process.js';

/** A real server in a process of its own, which an attack may crash without ending the test. */
export class AttackedServer implements Target {
  readonly authKey = AUTH_KEY;
  readonly #clients = new Set<SocketClient>();

  static async start(options: SocketsOptions = {}): Promise<AttackedServer> {
    const child = await Child.start<ServerCommands>(SCRIPT);
    const port = await child.call('start', { port: 0, authKey: AUTH_KEY, ...options });
    return new AttackedServer(child, port, options);
  }

  private constructor(
    private child: Child<ServerCommands>,
    readonly port: number,
    private readonly options: SocketsOptions,
  ) {}

  /** Where it is, and nothing that could not be sent to another process. */
  get target(): Target {
    return { port: this.port, authKey: this.authKey };
  }

  /** The log. */
  get output(): string {
    return this.child.output;
  }

  get isRunning(): boolean {
    return this.child.isRunning;
  }

  get process(): Child<ServerCommands> {
    return this.child;
  }

  stats(): Promise<SocketServerStats> {
    return this.child.call('stats');
  }

  takeDelivered(): Promise<unknown[]> {
    return this.child.call('takeDelivered');
  }

  clientIds(): Promise<number[]> {
    return this.child.call('clientIds');
  }

  /** An honest client; it does not reconnect unless asked to. */
  async connect(options: SocketClientOptions = {}): Promise<SocketClient> {
    const client = new SocketClient({
      address: `ws://127.0.0.1:${this.port}`,
      authKey: this.authKey,
      reconnect: false,
      ...options,
    });
    this.#clients.add(client);
    await client.connect();
    return client;
  }

  /** What was delivered, besides a message of an honest client that shows that messages are. */
  async takeForged(): Promise<string[]> {
    const honest = await this.connect();
    await honest.request('deliver', 'honest');
    honest.close();
    const delivered = await this.takeDelivered();
    if (delivered.pop() !== 'honest') throw new Error('What is honest is not delivered either');
    return delivered.map((data) => JSON.stringify(data));
  }

  kill(): Promise<void> {
    return this.child.kill();
  }

  /** A new process on the same port. */
  async restart(): Promise<void> {
    this.child = await Child.start<ServerCommands>(SCRIPT);
    await this.child.call('start', { authKey: AUTH_KEY, ...this.options, port: this.port });
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.child.kill();
  }
}
