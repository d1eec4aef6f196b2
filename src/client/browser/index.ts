export { SocketClient } from './socket-client.js';
export { deviceIdentity, type DeviceIdentity } from './device-identity.js';
export type { ClientMessage, StreamOptions } from '../core/base-socket-client.js';
export type {
  ClientEvents,
  RoomEvent,
  RoomMemberEvent,
  SocketClientEvents,
  SocketClientState,
} from '../core/client.events.js';
export type { RoomMemberInfo } from '../../protocol/room-message.js';
export type { AuthData, SocketClientOptions } from '../core/client.options.js';
export type { TlsOptions } from '../core/tls-options.js';
export type { ReconnectOptions } from '../core/reconnect-options.js';
export type { CloseInfo } from '../core/client.errors.js';
export type { MessageHook } from '../core/message-hooks.js';
export type { RequestOptions } from '../../protocol/request-options.js';
export type { AnyContract, SocketContract } from '../../contract/socket-contract.js';
export { CloseCode } from '../../protocol/close-code.js';
export { ErrorCode } from '../../protocol/error-body.js';
export {
  RemoteError,
  RequestAbortedError,
  RequestTimeoutError,
  SocketsError,
  type SocketsErrorCode,
} from '../../protocol/sockets.errors.js';
