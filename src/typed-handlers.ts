import type { Observable } from 'rxjs';
import type { SocketClient } from './client/node/socket-client.js';
import type { ConnectedClient } from './server/connection/connected-client.js';
import type {
  HandlerData,
  HandlerName,
  HandlerResponse,
  PushData,
  PushName,
  PushResponse,
  SocketContract,
} from './contract/socket-contract.js';

/** A value, now or later, or many of them over time. */
export type HandlerResult<Response> =
  | Response
  | Promise<Response>
  | Observable<Response>
  | AsyncIterable<Response>
  | Promise<Observable<Response> | AsyncIterable<Response>>;

/**
 * What a handler class keeps to: `class ValidateGameHandler implements ServerHandler<GameContract,
 * 'validateGame'>`.
 */
export interface ServerHandler<C extends SocketContract, N extends HandlerName<C>> {
  /** Handles the request; what it returns is the reply. */
  server(data: HandlerData<C, N>, client: ConnectedClient<C>): HandlerResult<HandlerResponse<C, N>>;
}

/** What the hook class of a push keeps to; what it returns answers the server's ask. */
export interface ClientHandler<C extends SocketContract, N extends PushName<C>> {
  /** Runs when the push comes; what it returns answers an ask. */
  client(
    data: PushData<C, N>,
    socket: SocketClient<C>,
  ): PushResponse<C, N> | Promise<PushResponse<C, N>> | void | Promise<void>;
}
