export { SocketClient, type ClientMessage, type StreamOptions } from './socket-client.js';
export type { SocketClientEvents, SocketClientState } from './client.events.js';
export type { ReconnectOptions, SocketClientOptions } from './client.options.js';
export type { CloseInfo } from './client.errors.js';
export type { MessageHook } from './message-hooks.js';
export type { RequestOptions } from '../protocol/pending-replies.js';
export type { AnyContract, SocketContract } from '../contract/socket-contract.js';
export { CloseCode } from '../protocol/close-code.js';
export { ErrorCode } from '../protocol/error-body.js';
export {
  RemoteError,
  RequestAbortedError,
  RequestTimeoutError,
  SocketsError,
  type SocketsErrorCode,
} from '../sockets.errors.js';
