import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { RequestOptions } from '../protocol/request-options.js';
import type {
  AskName,
  AnyContract,
  PushData,
  PushName,
  PushResponse,
  SocketContract,
  UncheckedName,
  WithData,
} from '../contract/socket-contract.js';
import { assertClose } from '../protocol/close-code.js';
import type { ConnectedClient } from './connection/connected-client.js';
import { ConnectionRegistry } from './connection/connection-registry.js';
import { Push } from './connection/push.js';
import { Cluster } from './cluster/cluster.js';
import { AllClients } from './rooms/all-clients.js';
import type { ClusterClient } from './rooms/client-pages.js';
import { Deliveries } from './rooms/deliveries.js';
import type { RoomMembers } from './rooms/room-members.js';
import type { RoomTarget } from './rooms/room-target.js';
import { Shutdown } from './shutdown.js';
import { SocketEvents, type SocketDisconnect } from './connection/socket-events.js';
import { RoomTargets } from './rooms/room-targets.js';
import { Traffic } from './operations/traffic.js';
import type { SocketServerStats } from './socket-server-stats.js';
import { WebSocketListener } from './listening/web-socket.listener.js';

/**
 * Sends to clients, and tells what happens to them. Inject it anywhere. Where no server runs, as in
 * an application context, there are no clients, and sending reaches none.
 *
 * `SocketServer<Contract>` checks names, data and responses against a `SocketContract`.
 */
@Injectable()
export class SocketServer<C extends SocketContract = AnyContract> {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly events: SocketEvents,
    private readonly listener: WebSocketListener,
    private readonly shutdown: Shutdown,
    private readonly traffic: Traffic,
    private readonly deliveries: Deliveries,
    private readonly targets: RoomTargets,
    private readonly everybody: AllClients,
    private readonly cluster: Cluster,
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
   * Pushes to one client, on whatever node it is.
   * @returns whether it is on this node, and the push was not dropped
   * @throws SocketsError `INVALID_MESSAGE` for an invalid name or data that is not JSON
   */
  sendTo<N extends PushName<C>>(
    clientId: number,
    request: N,
    ...[data]: WithData<PushData<C, N>>
  ): boolean {
    return this.deliveries.push({ client: clientId }, Push.of(request, data)) > 0;
  }

  /**
   * Pushes to every authenticated client with `meta[key] === value`, on all nodes; on others `value` is
   * what JSON makes of it.
   * @returns how many got it on this node
   * @throws SocketsError `INVALID_MESSAGE`
   */
  sendToByMeta<N extends PushName<C>>(
    key: string,
    value: unknown,
    request: N,
    ...[data]: WithData<PushData<C, N>>
  ): number {
    return this.deliveries.push({ meta: key, value }, Push.of(request, data));
  }

  /**
   * Pushes to the first authenticated client with `meta[key] === value`, the one that has been there
   * longest: what the original calls `sendToByMeta`. Of this node's clients only.
   * @returns whether there was one, and the push was not dropped
   * @throws SocketsError `INVALID_MESSAGE`
   */
  sendToFirstByMeta<N extends PushName<C>>(
    key: string,
    value: unknown,
    request: N,
    ...[data]: WithData<PushData<C, N>>
  ): boolean {
    const push = Push.of(request, data);
    for (const connection of this.registry.allAuthenticated()) {
      if (connection.client.meta[key] !== value) continue;
      return connection.push(push.in(connection.pushField));
    }
    return false;
  }

  /**
   * Pushes to every authenticated client, on all nodes. The data is stringified once, and sealed for each,
   * or once for all of version 2 (option `sharedBroadcast`).
   * @returns how many got it on this node
   * @throws SocketsError `INVALID_MESSAGE`
   */
  broadcast<N extends PushName<C>>(request: N, ...[data]: WithData<PushData<C, N>>): number {
    return this.deliveries.push({ all: true }, Push.of(request, data));
  }

  /** The members of one or several rooms, on all nodes: `server.to('table:7').send('move', move)`. */
  to(...rooms: readonly [string, ...string[]]): RoomTarget<C> {
    return this.targets.to<C>(rooms);
  }

  /** Who is in a room, on all nodes: `await server.in('table:7').members()`. */
  in(room: string): RoomMembers {
    return this.targets.in(room);
  }

  /**
   * The authenticated clients of all nodes, those of this one first, a page at a time:
   * `for await (const { id, node } of server.clients())`.
   * @throws SocketsError `ENGINE_UNAVAILABLE`, behind those of this node; RequestTimeoutError when a node
   * does not answer within 5 s, as one that was killed, until it is taken for dead (at most 12.5 s later)
   */
  clients(): AsyncIterableIterator<ClusterClient> {
    return this.everybody.each();
  }

  /**
   * Asks one client, on whatever node it is, and resolves with what its `client()` hook returns:
   * PROTOCOL.md R5.12.
   * @throws SocketsError `UNKNOWN_CLIENT`, `ENGINE_UNAVAILABLE`, `CONNECTION_LOST`, or `UNSUPPORTED_BY_PEER` for a client that
   * knows no ids, as an original one; RemoteError with the client's own error, RequestTimeoutError
   * (default 30,000 ms), RequestAbortedError
   */
  request<N extends AskName<C>>(
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
    return this.everybody.ask(clientId, name, data, options);
  }

  /**
   * Closes one connection, by default with 1000; on another node, that of an authenticated client.
   * @returns whether there was one on this node
   * @throws SocketsError `INVALID_CLOSE` for a code that no close frame may have
   */
  disconnect(clientId: number, code?: number, reason?: string): boolean {
    assertClose(code, reason);
    const connection = this.registry.get(clientId);
    connection?.close(code, reason);
    if (!connection) this.deliveries.close({ client: clientId }, code, reason);
    return connection !== undefined;
  }

  /** Where the server listens, or null while it does not. It is not null while the server drains. */
  address(): AddressInfo | null {
    return this.listener.address();
  }

  /**
   * Whether the server shuts down: from `close()`, or Nest's shutdown, until it does not listen any more.
   * Newcomers get 503 meanwhile. It is ready while this is false and `address()` is not null.
   */
  get isDraining(): boolean {
    return this.shutdown.hasBegun && this.address() !== null;
  }

  /**
   * Stops for good: no new connections or messages, handlers in flight finish (option
   * `shutdownTimeout`), then every connection is closed with 1001. Nest does the same at shutdown.
   */
  close(): Promise<void> {
    return this.shutdown.run();
  }

  /** Counts; reading them costs next to nothing. */
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
      cluster: this.cluster.stats(),
    };
  }
}
