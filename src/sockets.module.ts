import { ConfigurableModuleBuilder, Logger, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SocketsAdapter } from './gateways/sockets.adapter.js';
import { AuthGuard } from './handlers/auth.guard.js';
import { HandlerInvoker } from './handlers/handler.invoker.js';
import { HandlerRouter } from './handlers/handler.router.js';
import { HandlersExplorer } from './handlers/handlers.explorer.js';
import { resolveOptions } from './options/resolve-options.js';
import { Admission } from './server/admission.js';
import { AuthFailures } from './server/auth-failures.js';
import { Authenticator } from './server/authenticator.js';
import { ConnectionAcceptor } from './server/connection.acceptor.js';
import { ConnectionCounts } from './server/connection-counts.js';
import { ConnectionRegistry } from './server/connection-registry.js';
import { FailureLog } from './server/failure-log.js';
import { HandlerRunner } from './server/handler.runner.js';
import { Heartbeat } from './server/heartbeat.js';
import { LimitLog } from './server/limit-log.js';
import { MessagePipeline } from './server/message.pipeline.js';
import { ServerHandshake } from './server/server-handshake.js';
import { Shutdown } from './server/shutdown.js';
import { SilentSockets } from './server/silent-sockets.js';
import { SocketEvents } from './server/socket-events.js';
import { SocketServer } from './server/socket-server.js';
import { Traffic } from './server/traffic.js';
import { UpgradeGate } from './server/upgrade.gate.js';
import { WebSocketListener } from './server/web-socket.listener.js';
import { SocketsLifecycle } from './sockets.lifecycle.js';
import { SOCKETS_MODULE_OPTIONS, SOCKETS_OPTIONS, type SocketsOptions } from './sockets.options.js';

const { ConfigurableModuleClass, OPTIONS_TYPE } = new ConfigurableModuleBuilder<SocketsOptions>({
  optionsInjectionToken: SOCKETS_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createSocketsOptions')
  .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({
    ...definition,
    global: isGlobal,
  }))
  .build();

const logger = new Logger('SocketsModule');

/**
 * The server side. `SocketsModule.forRoot(options)` or `forRootAsync({ useFactory | useClass |
 * useExisting, inject, imports, isGlobal })`, once in an application. Wrong options reject the start
 * of the application with a SocketsError `INVALID_OPTION`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: SOCKETS_OPTIONS,
      inject: [SOCKETS_MODULE_OPTIONS],
      useFactory: (options: SocketsOptions) =>
        resolveOptions(options, (message) => logger.warn(message)),
    },
    Admission,
    AuthFailures,
    AuthGuard,
    Authenticator,
    ConnectionAcceptor,
    ConnectionCounts,
    ConnectionRegistry,
    FailureLog,
    HandlerInvoker,
    HandlerRouter,
    HandlerRunner,
    HandlersExplorer,
    Heartbeat,
    LimitLog,
    MessagePipeline,
    ServerHandshake,
    Shutdown,
    SilentSockets,
    SocketEvents,
    SocketServer,
    SocketsAdapter,
    SocketsLifecycle,
    Traffic,
    UpgradeGate,
    WebSocketListener,
  ],
  exports: [AuthGuard, SOCKETS_OPTIONS, SocketServer],
})
export class SocketsModule extends ConfigurableModuleClass {
  /** Every option has a default, so there may be none. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}
