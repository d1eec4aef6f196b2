import { ConfigurableModuleBuilder, Logger, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { GatewayHooks } from './server/gateways/gateway-hooks.js';
import { SocketsAdapter } from './server/gateways/sockets.adapter.js';
import { AuthGuard } from './handlers/auth.guard.js';
import { HandlerInvoker } from './handlers/handler.invoker.js';
import { HandlerRouter } from './handlers/handler.router.js';
import { HandlersExplorer } from './handlers/handlers.explorer.js';
import { resolveOptions } from './options/resolve-options.js';
import { Admission } from './server/dispatch/admission.js';
import { AuthFailures } from './server/operations/auth-failures.js';
import { AuthTurns } from './server/dispatch/auth-turns.js';
import { Authenticator } from './server/dispatch/authenticator.js';
import { ConnectionAcceptor } from './server/listening/connection.acceptor.js';
import { ConnectionCounts } from './server/operations/connection-counts.js';
import { ConnectionRegistry } from './server/connection/connection-registry.js';
import { FailureLog } from './server/operations/failure-log.js';
import { HandlerRunner } from './server/dispatch/handler.runner.js';
import { HookRunner } from './server/connection/hook-runner.js';
import { HelloDesk } from './server/connection/hello-desk.js';
import { HelloGate } from './server/listening/hello-gate.js';
import { Heartbeat } from './server/connection/heartbeat.js';
import { LimitLog } from './server/operations/limit-log.js';
import { MessagePipeline } from './server/dispatch/message.pipeline.js';
import { FirstToGoModule } from './server/first-to-go.module.js';
import { ServerStartup } from './options/server-startup.js';
import { RecordReader } from './server/dispatch/record.reader.js';
import { ServerHandshake } from './server/connection/server-handshake.js';
import { Shutdown } from './server/shutdown.js';
import { PeerAddresses } from './server/listening/peer.addresses.js';
import { SilentSockets } from './server/listening/silent-sockets.js';
import { SharedBroadcasts } from './server/connection/shared-broadcasts.js';
import { SocketEvents } from './server/connection/socket-events.js';
import { ServerLoad } from './server/server-load.js';
import { SocketServer } from './server/socket-server.js';
import { TelemetryLifecycle } from './server/telemetry.lifecycle.js';
import { Traffic } from './server/operations/traffic.js';
import { UpgradeLine } from './server/listening/upgrade.line.js';
import { UpgradeGate } from './server/listening/upgrade.gate.js';
import { WebSocketListener } from './server/listening/web-socket.listener.js';
import { AllClients } from './server/rooms/all-clients.js';
import { ClientPages } from './server/rooms/client-pages.js';
import { Cluster } from './server/cluster/cluster.js';
import { ClusterCalls } from './server/cluster/cluster-calls.js';
import { ClusterCounts } from './server/cluster/cluster-counts.js';
import { ClusterReceiver } from './server/rooms/cluster-receiver.js';
import { Deliveries } from './server/rooms/deliveries.js';
import { KnownPositions } from './server/rooms/known-positions.js';
import { Presence } from './server/rooms/presence.js';
import { RoomPublisher } from './server/rooms/room-publisher.js';
import { Rooms } from './server/rooms/rooms.js';
import { RoomStatesExplorer } from './handlers/room-states.explorer.js';
import { RoomStates } from './server/rooms/room-states.js';
import { SharedReplays } from './server/cluster/shared-replays.js';
import { RoomTargets } from './server/rooms/room-targets.js';
import { SocketsLifecycle } from './sockets.lifecycle.js';
import {
  SOCKETS_MODULE_OPTIONS,
  SOCKETS_OPTIONS,
  type SocketsOptions,
} from './options/sockets.options.js';

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
  imports: [DiscoveryModule, FirstToGoModule],
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
    AuthTurns,
    ConnectionAcceptor,
    ConnectionCounts,
    ConnectionRegistry,
    FailureLog,
    GatewayHooks,
    HandlerInvoker,
    HandlerRouter,
    HandlerRunner,
    HandlersExplorer,
    HelloDesk,
    HelloGate,
    Heartbeat,
    HookRunner,
    LimitLog,
    MessagePipeline,
    RecordReader,
    ServerHandshake,
    ServerLoad,
    ServerStartup,
    Shutdown,
    PeerAddresses,
    SilentSockets,
    SharedBroadcasts,
    SocketEvents,
    SocketServer,
    SocketsAdapter,
    SocketsLifecycle,
    Traffic,
    UpgradeGate,
    UpgradeLine,
    AllClients,
    ClientPages,
    Cluster,
    ClusterCalls,
    ClusterCounts,
    ClusterReceiver,
    Deliveries,
    KnownPositions,
    Presence,
    RoomPublisher,
    RoomTargets,
    Rooms,
    RoomStates,
    RoomStatesExplorer,
    SharedReplays,
    TelemetryLifecycle,
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
