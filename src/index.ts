export { SocketsModule } from './sockets.module.js';
export {
  SOCKETS_OPTIONS,
  type ResolvedSocketsOptions,
  type SocketsOptions,
  type SocketsOptionsFactory,
} from './options/sockets.options.js';
export type { AnyContract, SocketContract } from './contract/socket-contract.js';
export type { ClientHandler, HandlerResult, ServerHandler } from './typed-handlers.js';
export { DEFAULT_LIMITS, type SocketsLimits } from './protocol/limits.js';
export { AuthGuard } from './handlers/auth.guard.js';
export { SharedKeyAuthHandler } from './handlers/shared-key.auth-handler.js';
export { RoomState } from './handlers/room-state.decorator.js';
export { SkipAuth } from './handlers/skip-auth.decorator.js';
export { SocketHandler } from './handlers/socket-handler.decorator.js';
export {
  ConnectedClient,
  type ClientMeta,
  type OutgoingMessage,
  type SocketSession,
} from './server/connection/connected-client.js';
export type { JoinOptions } from './server/connection/client-rooms.js';
export type { ClusterStats } from './server/cluster/cluster-counts.js';
export type { ClusterClient } from './server/rooms/client-pages.js';
export type { RoomMember } from './server/rooms/room-presence.js';
export type { RoomMembers } from './server/rooms/room-members.js';
export type { RoomTarget } from './server/rooms/room-target.js';
export type { JoiningClient, RoomOptions, RoomsOptions } from './options/room-options.js';
export { memoryEngine } from './engine/memory.engine.js';
export type {
  Beat,
  EngineListener,
  EngineSession,
  HistoryBounds,
  HistoryEntry,
  HistoryPage,
  RoomPosition,
  SocketsEngine,
} from './engine/engine.js';
export { SocketServer } from './server/socket-server.js';
export type { SocketServerStats } from './server/socket-server-stats.js';
export type {
  OnSocketAuthenticated,
  OnSocketDisconnect,
  SocketDisconnect,
} from './server/connection/socket-events.js';
export type {
  ConnectionGuard,
  UpgradeRefusal,
  UpgradeRequest,
} from './options/connection-guard.js';
export type { KeyStore } from './options/key-store.js';
export { deriveSharedKey, type SharedKey } from './options/shared-key.js';
export type { WireVersion } from './protocol/wire-version.js';
export type { TrustProxy } from './options/trust-proxy.js';
export type { GatewaySocket } from './server/gateways/gateway-socket.js';
export type { GatewayServer } from './server/gateways/gateway-server.js';
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
  type TlsOptions,
  type RoomEvent,
  type RoomMemberEvent,
  type RoomMemberInfo,
  type RequestOptions,
  type SocketClientEvents,
  type SocketClientOptions,
  type SocketClientState,
  type SocketsErrorCode,
  type StreamOptions,
} from './client/index.js';
