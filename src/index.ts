export { SocketsModule } from './sockets.module.js';
export {
  SOCKETS_OPTIONS,
  type ResolvedSocketsOptions,
  type SocketsOptions,
  type SocketsOptionsFactory,
} from './sockets.options.js';
export type { AnyContract, SocketContract } from './contract/socket-contract.js';
export type { ClientHandler, HandlerResult, ServerHandler } from './contract/typed-handlers.js';
export { DEFAULT_LIMITS, type SocketsLimits } from './protocol/limits.js';
export { AuthGuard } from './handlers/auth.guard.js';
export { SharedKeyAuthHandler } from './handlers/shared-key.auth-handler.js';
export { SkipAuth } from './handlers/skip-auth.decorator.js';
export { SocketHandler } from './handlers/socket-handler.decorator.js';
export {
  ConnectedClient,
  type ClientMeta,
  type OutgoingMessage,
} from './server/connected-client.js';
export { SocketServer, type SocketServerStats } from './server/socket-server.js';
export type {
  OnSocketAuthenticated,
  OnSocketDisconnect,
  SocketDisconnect,
} from './server/socket-events.js';
export type { ConnectionGuard, UpgradeRefusal, UpgradeRequest } from './server/connection-guard.js';
export type { GatewaySocket } from './gateways/gateway-socket.js';
export type { GatewayServer } from './gateways/gateway-server.js';
export {
  SocketClientModule,
  type SocketClientModuleOptions,
  type SocketClientOptionsFactory,
} from './client/socket-client.module.js';
export {
  CloseCode,
  ErrorCode,
  RemoteError,
  RequestAbortedError,
  RequestTimeoutError,
  SocketClient,
  SocketsError,
  type ClientMessage,
  type CloseInfo,
  type MessageHook,
  type ReconnectOptions,
  type RequestOptions,
  type SocketClientEvents,
  type SocketClientOptions,
  type SocketClientState,
  type SocketsErrorCode,
  type StreamOptions,
} from './client/index.js';
