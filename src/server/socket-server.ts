import type { AddressInfo } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { RequestOptions } from '../protocol/pending-replies.js';
import type {
  AnyContract,
  PushData,
  PushName,
  PushResponse,
  SocketContract,
  UncheckedName,
  WithData,
} from '../contract/socket-contract.js';
import { SocketsError } from '../sockets.errors.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { formatPush, type ConnectedClient } from './connected-client.js';
import { ConnectionRegistry } from './connection-registry.js';
import type { Connection } from './connection.js';
import { Shutdown } from './shutdown.js';
import { SocketEvents, type SocketDisconnect } from './socket-events.js';
import { Traffic, type RefusalCounts } from './traffic.js';
import { WebSocketListener } from './web-socket.listener.js';

/** What the server did since it started. Counts only go up, but for the first two. */
export interface SocketServerStats {
  /** Open connections, authenticated or not. */
  connections: number;
  authenticated: number;
  messagesIn: number;
  messagesOut: number;
  /** Bytes of received messages, envelopes included. */
  bytesIn: number;
  /** Bytes of sent messages, envelopes and frame headers included. */
  bytesOut: number;
  /** Refused upgrades and closed connections, by the limit or violation that caused it. */
  refused: RefusalCounts;
  /** Pushes lost to peers that did not read (policy `drop`). */
  dropped: number;
  handlerErrors: number;
  /** Milliseconds that handlers took, of one call in eight. */
  handlerTime: { p50: number; p99: number };
}

/**
 * Sends to clients, and tells what happens to them. Inject it anywhere. Where no server runs, as in
 * an application context, there are no clients, and sending reaches none.
 *
 * `SocketServer<Contract>` checks names, data and responses against a `SocketContract`.
 */
@Injectable()
export class SocketServer<C extends SocketContract = AnyContract> {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly registry: ConnectionRegistry,
    private readonly events: SocketEvents,
    private readonly listener: WebSocketListener,
    private readonly shutdown: Shutdown,
    private readonly traffic: Traffic,
  ) {}

  /** Authenticated clients by id. Filled by the framework: read it, do not change it. */
  get clientMap(): ReadonlyMap<number, ConnectedClient<C>> {
    // The contract is the application's word; there is nothing of it at run time.
    return this.registry.clientMap as ReadonlyMap<number, unknown> as ReadonlyMap<
      number,
      ConnectedClient<C>
    >;
  }

  /** A WebSocket was opened; its peer has not authenticated yet. */
  get connected$(): Observable<ConnectedClient> {
    return this.events.connected$;
  }

  /** A client authenticated; from now on it is in `clientMap`. */
  get authenticated$(): Observable<ConnectedClient> {
    return this.events.authenticated$;
  }

  /** A connection is gone, authenticated or not. */
  get disconnected$(): Observable<SocketDisconnect> {
    return this.events.disconnected$;
  }

  /**
   * Pushes to one client.
   * @returns whether there was such a client, and the push was not dropped
   * @throws SocketsError `INVALID_MESSAGE` for an invalid name or data that is not JSON
   */
  sendTo<N extends PushName<C>>(
    clientId: number,
    request: N,
    ...[data]: WithData<PushData<C, N>>
  ): boolean {
    const text = this.format(request, data);
    return this.registry.getAuthenticated(clientId)?.push(text) ?? false;
  }

  /**
   * Pushes to every authenticated client with `meta[key] === value`.
   * @returns how many got it
   * @throws SocketsError `INVALID_MESSAGE`
   */
  sendToByMeta<N extends PushName<C>>(
    key: string,
    value: unknown,
    request: N,
    ...[data]: WithData<PushData<C, N>>
  ): number {
    return this.pushAll(request, data, ({ client }) => client.meta[key] === value);
  }

  /**
   * Pushes to every authenticated client. The data is stringified once, and sealed for each.
   * @returns how many got it
   * @throws SocketsError `INVALID_MESSAGE`
   */
  broadcast<N extends PushName<C>>(request: N, ...[data]: WithData<PushData<C, N>>): number {
    return this.pushAll(request, data, () => true);
  }

  /**
   * Asks one client, and resolves with what its `client()` hook returns: PROTOCOL.md R5.12.
   * @throws SocketsError `UNKNOWN_CLIENT` or `CONNECTION_LOST`, RemoteError with the client's own
   * error, RequestTimeoutError (default 30,000 ms), RequestAbortedError
   */
  request<N extends PushName<C>>(
    clientId: number,
    name: N,
    ...rest: WithData<PushData<C, N>, [options?: RequestOptions]>
  ): Promise<PushResponse<C, N>>;
  request<T>(
    clientId: number,
    name: UncheckedName<C>,
    data?: unknown,
    options?: RequestOptions,
  ): Promise<T>;
  async request(
    clientId: number,
    name: string,
    data?: unknown,
    options: RequestOptions = {},
  ): Promise<unknown> {
    const connection = this.registry.getAuthenticated(clientId);
    if (connection) return connection.ask(name, data, options);
    throw new SocketsError(
      'UNKNOWN_CLIENT',
      `No authenticated client has the id ${clientId}. SocketServer.clientMap holds those that are there.`,
    );
  }

  /** Closes one connection, by default with 1000. Returns whether there was one. */
  disconnect(clientId: number, code?: number, reason?: string): boolean {
    const connection = this.registry.get(clientId);
    connection?.close(code, reason);
    return connection !== undefined;
  }

  /** Where the server listens, or null while it does not. */
  address(): AddressInfo | null {
    return this.listener.address();
  }

  /**
   * Stops for good: no new connections or messages, handlers in flight finish (option
   * `shutdownTimeout`), then every connection is closed with 1001. Nest does the same at shutdown.
   */
  close(): Promise<void> {
    return this.shutdown.run();
  }

  stats(): SocketServerStats {
    const { messagesIn, messagesOut, bytesIn, bytesOut, refused, dropped, handlerErrors } =
      this.traffic;
    return {
      connections: this.registry.size,
      authenticated: this.registry.clientMap.size,
      messagesIn,
      messagesOut,
      bytesIn,
      bytesOut,
      refused,
      dropped,
      handlerErrors,
      handlerTime: this.traffic.handlerTime(),
    };
  }

  private pushAll(
    request: string,
    data: unknown,
    wants: (connection: Connection) => boolean,
  ): number {
    const text = this.format(request, data);
    let count = 0;
    for (const connection of this.registry.allAuthenticated()) {
      if (wants(connection) && connection.push(text)) count++;
    }
    return count;
  }

  private format(request: string, data: unknown): string {
    return formatPush(request, this.options.pushField, data);
  }
}
