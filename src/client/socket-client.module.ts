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
import { DiscoveryModule } from '@nestjs/core';
import { oneLine, traceOf } from '../logging/log-text.js';
import { HandlersExplorer } from '../handlers/handlers.explorer.js';
import { ClientHooksExplorer } from './client-hooks.explorer.js';
import type { SocketClientOptions } from './client.options.js';
import { SocketClient } from './socket-client.js';

/** Options of `SocketClientModule.forRoot()`. */
export interface SocketClientModuleOptions extends SocketClientOptions {
  /**
   * Connects when the application starts, which waits for the client to be authenticated and fails
   * with it. Off, the application calls `connect()` itself.
   * @default true
   */
  connectOnBootstrap?: boolean;
}

/** Implemented by the class given to `forRootAsync({ useClass | useExisting })`. */
export interface SocketClientOptionsFactory {
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

  constructor(
    private readonly client: SocketClient,
    private readonly hooks: ClientHooksExplorer,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SocketClientModuleOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.hooks.bind(this.client);
    this.logEvents();
    if (this.options.connectOnBootstrap !== false) await this.client.connect();
  }

  beforeApplicationShutdown(): void {
    this.client.close();
  }

  private logEvents(): void {
    const { events } = this.client;
    events.on('disconnect', ({ code, reason }) =>
      this.logger.log(`Disconnected: ${code} ${JSON.stringify(reason)}`),
    );
    events.on('reconnecting', ({ attempt, delay }) =>
      this.logger.log(`Attempt ${attempt} to reconnect in ${delay} ms`),
    );
    events.on('reconnected', () => this.logger.log('Reconnected'));
    events.on('reconnectFailed', ({ message }) => this.logger.error(oneLine(message)));
    events.on('errorReply', ({ request, code, message }) =>
      this.logger.warn(`"${request}" failed: ${oneLine(`${code} ${JSON.stringify(message)}`)}`),
    );
    events.on('hookFailed', ({ request, error }) =>
      this.logger.error(`The hook of "${request}" failed: ${traceOf(error)}`),
    );
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
