import { CloseCode, fitCloseReason } from '../../protocol/close-code.js';
import { toErrorBody } from '../../protocol/error-body.js';
import { DEFAULT_LIMITS } from '../../protocol/limits.js';
import { AUTH, HEART_BEAT, REAUTH } from '../../protocol/message-name.js';
import {
  formatAuth,
  formatMessage,
  formatRequest,
  isReply,
  readMessage,
  type MessageId,
  type WireMessage,
} from '../../protocol/message.js';
import { PendingReplies } from '../../protocol/pending-replies.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import { RemoteError } from '../../protocol/sockets.errors.js';
import { ArrivalOrder } from './arrival-order.js';
import { ClientHeartbeat } from './client-heartbeat.js';
import { LifeSigns } from './life-signs.js';
import {
  notAccepted,
  closedEarly,
  connectionLost,
  noStreams,
  type CloseInfo,
} from './client.errors.js';
import type { ClientOutbox } from './client-outbox.js';
import { ClientSession } from './client-session.js';
import type { ClientPlatform, ClientSetup } from './client-platform.js';
import { authDataOf } from './auth-data.js';
import type { AuthData, ResolvedClientOptions } from './client.options.js';
import { Credentials } from './credentials.js';
import { messageOf } from '../../logging/message-of.js';
import type { ConnectionListener } from './connection-listener.js';
import type { OutgoingRequest } from './outgoing-request.js';
import type { RoomPositions } from './room-positions.js';
import { RequestsByName } from './requests-by-name.js';
import { StreamRequests } from './stream-requests.js';
import type { Transport } from './transport.js';

/** One authenticated connection to a server, from the upgrade to its end. */
export class ClientConnection {
  private readonly pending = new PendingReplies();
  private readonly order: ArrivalOrder;
  private readonly streams: StreamRequests;
  private readonly heartbeat: ClientHeartbeat;
  /** Rejects when a hook of this client did not take the reply to `auth`. */
  accepted: Promise<void> | undefined;
  private readonly outbox: ClientOutbox;
  private isAuthenticated = false;
  /** For a server that echoes no ids, as an original: PROTOCOL.md R5.6. */
  private byName: RequestsByName | undefined;
  private readonly credentials = new Credentials(async () =>
    this.show(REAUTH, await authDataOf(this.options)),
  );

  private constructor(
    private readonly options: ResolvedClientOptions,
    private readonly platform: ClientPlatform,
    private readonly session: ClientSession,
    private readonly rooms: RoomPositions,
    private readonly listener: ConnectionListener<ClientConnection>,
  ) {
    this.order = new ArrivalOrder(platform.afterTurn);
    this.outbox = session.outbox;
    this.streams = new StreamRequests(this.pending, options.maxStreamBacklog, this.outbox);
    this.heartbeat = new ClientHeartbeat(
      options.heartBeatInterval,
      new LifeSigns(this.outbox),
      platform.afterReads,
    );
  }

  /**
   * Connects and authenticates: dialogue D1 of PROTOCOL.md.
   * @throws SocketsError `AUTH_REJECTED` for good; anything else may be tried again
   */
  static async open(
    { options, platform, wire, hello, authData, rooms }: ClientSetup,
    listener: ConnectionListener<ClientConnection>,
    signal: AbortSignal,
  ): Promise<ClientConnection> {
    const session = new ClientSession(wire, hello, platform.afterTurn);
    const connection = new ClientConnection(options, platform, session, rooms, listener);
    let authenticated: Promise<void> | undefined;
    const onOpen = (transport: Transport) => {
      authenticated = connection.authenticate(transport, authData);
    };
    const onFrame = (frame: Uint8Array, isBinary: boolean) => connection.receive(frame, isBinary);
    const onClose = (info: CloseInfo) => connection.onClose(info);
    await platform.openTransport({ ...options, hello }, { onOpen, onFrame, onClose }, signal);
    await authenticated;
    return connection;
  }

  /** Sends without waiting for a reply; one that comes goes to the hooks. */
  send({ request, data, trace }: OutgoingRequest): void {
    if (this.byName) this.byName.send(request, formatRequest(request, undefined, data));
    else this.outbox.send(formatRequest(request, undefined, data, trace));
  }

  request({ request, data, trace }: OutgoingRequest, options: RequestOptions): Promise<unknown> {
    if (this.byName) return this.byName.request(request, data, options);
    return this.pending.wait(request, options, (id) =>
      this.outbox.send(formatRequest(request, id, data, trace)),
    );
  }

  stream(outgoing: OutgoingRequest, signal?: AbortSignal): AsyncIterableIterator<unknown> {
    if (this.byName) throw noStreams(outgoing.request);
    return this.streams.start(outgoing, signal);
  }

  /** Answers an ask of the server; an answer that finds it closed interests nobody. */
  answer(request: string, id: MessageId, field: 'response' | 'error', payload: unknown): void {
    this.outbox.sendIfOpen(formatMessage(request, id, field, payload));
  }

  /** Leaves it: nothing that comes from now on is heard, and whoever waits for it is told at once. */
  close(code: number, reason?: string): void {
    this.order.end();
    this.outbox.finish(code, reason);
    this.outbox.transport?.close(code, reason);
  }

  /** The journey of a message: frame -> envelope.open -> parseMessage -> whoever waits for it. */
  private receive(frame: Uint8Array, isBinary: boolean): void {
    const content = this.attempt(() => this.session.read(frame, isBinary));
    for (const json of content?.texts ?? []) this.takeText(json, content?.bytes);
  }

  private takeText(json: Uint8Array, bytes?: Uint8Array): void {
    if (!this.outbox.transport?.isOpen) return;
    const message = this.attempt(() =>
      readMessage(json, DEFAULT_LIMITS.maxJsonDepth, this.platform.decodeText, bytes),
    );
    if (!message) return;
    if (message.request === AUTH && !this.isAuthenticated) this.attempt(() => this.join(message));
    else if (this.order.mustWait) this.order.add(() => this.take(message));
    else this.take(message);
  }

  /** Nothing that the server sends may be believed where it breaks a rule. */
  private attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.close(CloseCode.BadFrame, fitCloseReason(`bad frame: ${messageOf(error)}`));
      return undefined;
    }
  }

  private take(message: WireMessage): void {
    if (message.request === HEART_BEAT) return this.heartbeat.answered();
    if (message.request === REAUTH && message.id === undefined) {
      return this.credentials.expireIn(message.expires);
    }
    const id = message.id ?? this.idFromName(message);
    if (id === undefined || !isReply(message)) return this.takeUnasked(message);
    this.order.replied();
    if (!this.streams.take(id, message)) this.settle(id, message);
  }

  /** What hooks and listeners are told, after those who awaited an earlier reply have gone on. */
  private takeUnasked(message: WireMessage): void {
    if (this.order.hasReplied) return this.order.defer(() => this.takeUnasked(message));
    if (this.rooms.take(message)) return;
    const { request, id, data, response, error } = message;
    const { listener } = this;
    if (error !== undefined) listener.onErrorReply(new RemoteError(request, toErrorBody(error)));
    else if (id !== undefined) listener.onAsk(this, message, id);
    else listener.onMessage(request, response === undefined ? data : response);
  }

  private idFromName({ request, response, error }: WireMessage): MessageId | undefined {
    if (response === undefined && error === undefined) return undefined;
    return this.byName?.claim(request);
  }

  private settle(id: MessageId, { request, response, error }: WireMessage): void {
    if (error === undefined) this.pending.resolve(id, response);
    else this.pending.reject(id, new RemoteError(request, toErrorBody(error)));
  }

  private async authenticate(transport: Transport, authData: AuthData): Promise<void> {
    this.outbox.transport = transport;
    try {
      await this.session.whenAgreed(this.options.connectTimeout);
      await this.show(AUTH, authData);
    } catch (error) {
      transport.terminate('not authenticated');
      throw error;
    }
  }

  private show(request: string, authData: AuthData): Promise<unknown> {
    const rooms = request === AUTH ? this.rooms.named() : undefined;
    const text = (id: number) => formatAuth(request, id, authData, rooms);
    const { connectTimeout: timeout } = this.options;
    return this.pending.wait(request, { timeout }, (id) => this.outbox.sendIfOpen(text(id)));
  }

  /**
   * The server accepted: from this very message on, everything is under the session key. Whoever owns
   * the connection hears of it at once, since a push may stand right behind it.
   */
  private join({ id, response, error, sessionKey }: WireMessage): void {
    const waiting = this.pending.oldestOf(AUTH);
    if (waiting === undefined) throw new Error('an auth reply that nobody waits for');
    if (error !== undefined) return this.settle(waiting, { request: AUTH, error });
    if (!response) return void this.pending.reject(waiting, notAccepted(response));
    this.session.start(sessionKey);
    this.heartbeat.bound(this.session.heartBeatInterval);
    if (id === undefined) this.byName = new RequestsByName(this.pending, this.outbox);
    this.isAuthenticated = true;
    this.heartbeat.start();
    this.listener.onAuthenticated(this);
    this.pending.resolve(waiting, response);
    this.order.replied();
    this.accepted = this.listener.onAccepted(response);
    // Nobody may be left who awaits it.
    this.accepted.catch(() => undefined);
  }

  /** The network or the page was away. */
  probe(): void {
    if (this.isAuthenticated) this.heartbeat.probe();
  }

  /** Whatever came before its end is taken before it. */
  private onClose(cause: CloseInfo): void {
    this.heartbeat.stop();
    this.credentials.stop();
    const info = this.session.end(cause, closedEarly(cause));
    if (this.order.mustWait) this.order.add(() => this.release(info));
    else this.release(info);
  }

  private release(info: CloseInfo): void {
    const wasAuthenticated = this.isAuthenticated;
    this.isAuthenticated = false;
    this.streams.endAll((request) => connectionLost(request, info));
    this.pending.rejectAll((request) =>
      wasAuthenticated ? connectionLost(request, info) : closedEarly(info),
    );
    if (wasAuthenticated) this.listener.onGone(this, info);
  }
}
