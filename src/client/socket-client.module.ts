import {
  ConfigurableModuleBuilder,
  Inject,
  Injectable,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import { ServerStartup } from '../options/server-startup.js';
import { messageOf, oneLine, traceOf } from '../logging/log-text.js';
import { HandlersExplorer } from '../handlers/handlers.explorer.js';
import { ClientHooksExplorer } from './client-hooks.explorer.js';
import type { SocketClientOptions } from './core/client.options.js';
import { SocketClient } from './node/socket-client.js';

/** Options of `SocketClientModule.forRoot()`. */
export interface SocketClientModuleOptions extends SocketClientOptions {
  /**
   * Connects when the application starts, which waits for the client to be authenticated and fails
   * with it. In an application whose own server listens only later the startup goes on after a first
   * attempt that failed, and the client connects meanwhile. Off, the application calls `connect()`
   * itself.
   * @default true
   */
  connectOnBootstrap?: boolean;
}

/** Implemented by the class given to `forRootAsync({ useClass | useExisting })`. */
export interface SocketClientOptionsFactory {
  /** Called once, when the application starts. */
  createSocketClientOptions(): Promise<SocketClientModuleOptions> | SocketClientModuleOptions;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<SocketClientModuleOptions>({ moduleName: 'SocketClient' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSocketClientOptions')
    .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();

/** Connects the client when the application is ready, and closes it before the application goes. */
@Injectable()
class SocketClientLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('SocketClient');
  private lastReason: string | undefined;

  constructor(
    private readonly client: SocketClient,
    private readonly hooks: ClientHooksExplorer,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SocketClientModuleOptions,
    private readonly moduleRef: ModuleRef,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.hooks.bind(this.client);
    this.logEvents();
    if (this.options.connectOnBootstrap !== false) await this.connect();
  }

  beforeApplicationShutdown(): void {
    this.client.close();
  }

  /**
   * Waits until it is connected; but not for longer than the first attempt while the application's own
   * server does not listen yet, since it may be the one to connect to.
   */
  private async connect(): Promise<void> {
    const connected = this.client.connect();
    if (isListening(this.moduleRef)) return connected;
    const { events } = this.client;
    let onFailure: (() => void) | undefined;
    const failed = new Promise<'failed'>((resolve) => {
      onFailure = () => resolve('failed');
      events.once('reconnecting', onFailure);
    });
    const outcome = await Promise.race([connected, failed]);
    events.off('reconnecting', onFailure!);
    if (outcome !== 'failed') return;
    this.logger.warn(
      'The startup does not wait for the connection, since the server of this application does not listen yet',
    );
    connected.catch((error: unknown) => this.logger.error(messageOf(error)));
  }

  /** What the client waits for, once for as long as it is the same. */
  private logWhy({ message }: Error): void {
    if (message !== this.lastReason) this.logger.warn(`Not connected: ${oneLine(message)}`);
    this.lastReason = message;
  }

  private logEvents(): void {
    const { events } = this.client;
    events.on('disconnect', ({ code, reason }) =>
      this.logger.log(`Disconnected: ${code} ${JSON.stringify(reason)}`),
    );
    events.on('reconnecting', ({ attempt, delay, error }) => {
      this.logWhy(error);
      this.logger.log(`Attempt ${attempt} to connect in ${delay} ms`);
    });
    events.on('reconnected', () => this.logger.log('Reconnected'));
    events.on('reconnectFailed', ({ message }) => this.logger.error(oneLine(message)));
    events.on('errorReply', ({ request, code, message }) =>
      this.logger.warn(`"${request}" failed: ${oneLine(`${code} ${JSON.stringify(message)}`)}`),
    );
    events.on('hookFailed', ({ request, error }) =>
      this.logger.error(`The hook of "${request}" failed: ${traceOf(error)}`),
    );
    events.on('listenerFailed', ({ event, error }) =>
      this.logger.error(`A listener of the event "${event}" failed: ${traceOf(error)}`),
    );
  }
}

/** Whether the application has no server of its own that is still to come. */
function isListening(moduleRef: ModuleRef): boolean {
  try {
    return moduleRef.get(ServerStartup, { strict: false }).isListening();
  } catch {
    return true;
  }
}

/**
 * The client side. `SocketClientModule.forRoot(options)` or `forRootAsync({ useFactory | useClass |
 * useExisting, inject, imports, isGlobal })`. Inject `SocketClient`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: SocketClient,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ connectOnBootstrap: _unused, ...options }: SocketClientModuleOptions) =>
        new SocketClient(options),
    },
    ClientHooksExplorer,
    HandlersExplorer,
    SocketClientLifecycle,
  ],
  exports: [SocketClient],
})
export class SocketClientModule extends ConfigurableModuleClass {
  /** Every option has a default, so there may be none. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}
