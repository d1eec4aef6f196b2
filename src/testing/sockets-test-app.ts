import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';
import type { SocketClientOptions } from '../client/core/client.options.js';
import { resolveOptions } from '../options/resolve-options.js';
import { SocketServer } from '../server/socket-server.js';
import {
  SOCKETS_MODULE_OPTIONS,
  SOCKETS_OPTIONS,
  type ResolvedSocketsOptions,
  type SocketsOptions,
} from '../options/sockets.options.js';
import { FaultProxy } from './fault-proxy.js';
import { TestSocketClient } from './test-socket-client.js';

/** How to start an application for a test. */
export interface SocketsTestAppOptions {
  /** Called before the application starts, for `app.useGlobalPipes()` and the like. */
  configure?: (app: INestApplication) => void;
  /**
   * Whether Nest logs.
   * @default false
   */
  logger?: boolean;
}

/** How to connect a client: everything that is not given is taken from the server's options. */
export interface TestClientOptions extends SocketClientOptions {
  /** Connects through it, so that its faults hit this client. */
  through?: FaultProxy;
}

/**
 * A Nest application with a `SocketsModule`, started for a test on a free port of 127.0.0.1.
 *
 * ```ts
 * const sockets = await SocketsTestApp.start(Test.createTestingModule({ imports: [AppModule] }));
 * const client = await sockets.connect({ authData: { role: 'worker' } });
 * ```
 */
export class SocketsTestApp {
  private readonly clients = new Set<TestSocketClient>();
  private readonly proxies = new Set<FaultProxy>();

  private constructor(
    /** The application: `app.get()` gives its providers. */
    readonly app: INestApplication,
    /** The server's options in force. */
    readonly options: ResolvedSocketsOptions,
  ) {}

  /** Compiles the module and starts its application. The option `port` is replaced by a free one. */
  static async start(
    builder: TestingModuleBuilder,
    { configure, logger = false }: SocketsTestAppOptions = {},
  ): Promise<SocketsTestApp> {
    const module = await builder
      .overrideProvider(SOCKETS_OPTIONS)
      .useFactory({ factory: onFreePort, inject: [SOCKETS_MODULE_OPTIONS] })
      .compile();
    const app = module.createNestApplication(logger ? {} : { logger: false });
    configure?.(app);
    const options = app.get<ResolvedSocketsOptions>(SOCKETS_OPTIONS);
    if (options.port === 'http') await app.listen(0, '127.0.0.1');
    else await app.init();
    return new SocketsTestApp(app, options);
  }

  /** The application's, to push and to look at clients. */
  get server(): SocketServer {
    return this.app.get(SocketServer);
  }

  /** Where it listens. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where clients connect. */
  get address(): string {
    return `ws://127.0.0.1:${this.port}${this.options.path}`;
  }

  /** A client that is connected and authenticated. It does not reconnect unless asked to. */
  async connect(options: TestClientOptions = {}): Promise<TestSocketClient> {
    const client = this.client(options);
    await client.connect();
    return client;
  }

  /** The same, not connected yet. */
  client({ through, ...options }: TestClientOptions = {}): TestSocketClient {
    const { authKey, encryption } = this.options;
    const address = through?.address ?? this.address;
    const client = new TestSocketClient({
      address,
      authKey,
      encryption,
      reconnect: false,
      ...options,
    });
    this.clients.add(client);
    return client;
  }

  /** A proxy in front of the server, for clients that shall meet faults. */
  async faults(): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(() => this.address);
    this.proxies.add(proxy);
    return proxy;
  }

  /** Closes the clients, the proxies and the application. */
  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all([...this.proxies].map((proxy) => proxy.close()));
    await this.app.close();
  }
}

function onFreePort(options: SocketsOptions): ResolvedSocketsOptions {
  const resolved = resolveOptions(options, () => undefined);
  const isShared = resolved.port === 'http';
  return { ...resolved, port: isShared ? 'http' : 0, host: '127.0.0.1' };
}
