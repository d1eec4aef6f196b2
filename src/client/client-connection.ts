import type { Envelope } from '../envelope/envelope.js';
import type { Handshake } from '../envelope/handshake.js';
import { CloseCode, fitCloseReason } from '../protocol/close-code.js';
import { toErrorBody } from '../protocol/error-body.js';
import { DEFAULT_LIMITS } from '../protocol/limits.js';
import {
  AUTH,
  formatMessage,
  HEART_BEAT,
  parseMessage,
  type MessageId,
  type WireMessage,
} from '../protocol/message.js';
import { PendingReplies, type RequestOptions } from '../protocol/pending-replies.js';
import { RemoteError } from '../sockets.errors.js';
import { ClientHeartbeat } from './client-heartbeat.js';
import { closedEarly, connectionLost, notConnected, type CloseInfo } from './client.errors.js';
import type { ResolvedClientOptions } from './client.options.js';
import { StreamRequests } from './stream-requests.js';
import { WebSocketTransport } from './web-socket.transport.js';

/** What a connection tells the client that owns it. */
export interface ConnectionListener {
  /** The connection may be used from now on. */
  onAuthenticated(connection: ClientConnection): void;
  /** A push, or the reply to what was sent without an id. */
  onMessage(request: string, payload: unknown): void;
  /** The server asks: PROTOCOL.md R5.12. */
  onAsk(request: string, id: MessageId, data: unknown): void;
  /** What was sent without an id failed. */
  onErrorReply(error: RemoteError): void;
  /** The connection is gone, after it had been authenticated. */
  onGone(connection: ClientConnection, info: CloseInfo): void;
}

/** One authenticated connection to a server, from the upgrade to its end. */
export class ClientConnection {
  private readonly pending = new PendingReplies();
  private readonly streams: StreamRequests;
  private readonly heartbeat: ClientHeartbeat;
  private transport: WebSocketTransport | undefined;
  private envelope: Envelope;
  private isAuthenticated = false;
  /** An original server echoes no ids: PROTOCOL.md R5.6. */
  private serverEchoesIds = false;

  private constructor(
    private readonly options: ResolvedClientOptions,
    private readonly handshake: Handshake,
    private readonly listener: ConnectionListener,
  ) {
    this.envelope = handshake.envelope;
    this.streams = new StreamRequests(this.pending, options.maxStreamBacklog, (text) =>
      this.sendText(text),
    );
    this.heartbeat = new ClientHeartbeat(
      options.heartBeatInterval,
      () => this.sendText(`{"request":"${HEART_BEAT}"}`),
      () => this.transport?.terminate(),
    );
  }

  /**
   * Connects and authenticates: dialogue D1 of PROTOCOL.md.
   * @throws SocketsError `AUTH_REJECTED` for good; anything else may be tried again
   */
  static async open(
    options: ResolvedClientOptions,
    handshake: Handshake,
    listener: ConnectionListener,
    signal: AbortSignal,
  ): Promise<ClientConnection> {
    const connection = new ClientConnection(options, handshake, listener);
    connection.transport = await WebSocketTransport.open(
      options,
      {
        onFrame: (frame, isBinary) => connection.receive(frame, isBinary),
        onClose: (info) => connection.release(info),
      },
      signal,
    );
    await connection.authenticate();
    return connection;
  }

  /** Sends without waiting for a reply; one that comes goes to the hooks. */
  send(request: string, field: 'data' | 'response', payload: unknown): void {
    this.sendText(formatMessage(request, undefined, field, payload));
  }

  request(request: string, data: unknown, options: RequestOptions): Promise<unknown> {
    return this.pending.wait(request, options, (id) =>
      this.sendText(formatMessage(request, id, 'data', data)),
    );
  }

  stream(request: string, data: unknown, signal?: AbortSignal): AsyncIterableIterator<unknown> {
    return this.streams.start(request, data, signal);
  }

  /** Answers an ask of the server. */
  answer(request: string, id: MessageId, field: 'response' | 'error', payload: unknown): void {
    if (this.transport?.isOpen) this.sendText(formatMessage(request, id, field, payload));
  }

  close(code: number, reason?: string): void {
    this.heartbeat.stop();
    this.transport?.close(code, reason);
  }

  /** The journey of a message: frame -> envelope.open -> parseMessage -> whoever waits for it. */
  private receive(frame: Buffer, isBinary: boolean): void {
    try {
      if (isBinary !== this.envelope.binary) throw new Error('wrong kind of frame');
      this.take(parseMessage(this.envelope.open(frame), DEFAULT_LIMITS.maxJsonDepth));
    } catch (error) {
      const reason = fitCloseReason(`bad frame: ${(error as Error).message}`);
      this.transport?.close(CloseCode.BadFrame, reason);
    }
  }

  private take(message: WireMessage): void {
    const { request, response, data, error } = message;
    if (request === AUTH && !this.isAuthenticated) return this.join(message);
    if (request === HEART_BEAT) return this.heartbeat.answered();
    const id = message.id ?? this.idFromName(message);
    if (id !== undefined && this.isReply(message)) {
      if (!this.streams.take(id, message)) this.settle(id, message);
    } else if (error !== undefined) {
      this.listener.onErrorReply(new RemoteError(request, toErrorBody(error)));
    } else if (id !== undefined) this.listener.onAsk(request, id, data);
    else this.listener.onMessage(request, response === undefined ? data : response);
  }

  /** Replies carry their payload in a field of their own; `data` is a push or an ask. */
  private isReply({ response, error, item, done }: WireMessage): boolean {
    return response !== undefined || error !== undefined || item !== undefined || done === true;
  }

  private idFromName({ request, response, error }: WireMessage): MessageId | undefined {
    if (this.serverEchoesIds || (response === undefined && error === undefined)) return undefined;
    return this.pending.oldestOf(request);
  }

  private settle(id: MessageId, { request, response, error }: WireMessage): void {
    if (error === undefined) this.pending.resolve(id, response);
    else this.pending.reject(id, new RemoteError(request, toErrorBody(error)));
  }

  private async authenticate(): Promise<void> {
    const { authKey, authData, connectTimeout: timeout } = this.options;
    const data = { ...authData, authKey };
    await this.pending
      .wait(AUTH, { timeout }, (id) => this.sendText(formatMessage(AUTH, id, 'data', data)))
      .catch((error: unknown) => {
        this.transport?.terminate();
        throw error;
      });
  }

  /**
   * The server accepted: from this very message on, everything is under the session key. Whoever owns
   * the connection hears of it at once, since a push may stand right behind it.
   */
  private join({ id, response, error, sessionKey }: WireMessage): void {
    const waiting = this.pending.oldestOf(AUTH);
    if (waiting === undefined) throw new Error('an auth reply that nobody waits for');
    if (error !== undefined) {
      this.pending.reject(waiting, new RemoteError(AUTH, toErrorBody(error)));
      return;
    }
    this.envelope = this.handshake.joinSession(sessionKey).envelope;
    this.serverEchoesIds = id !== undefined;
    this.isAuthenticated = true;
    this.heartbeat.start();
    this.listener.onAuthenticated(this);
    this.pending.resolve(waiting, response);
    this.listener.onMessage(AUTH, response);
  }

  private sendText(text: string): void {
    const { envelope, transport } = this;
    if (!transport?.isOpen) throw notConnected('not connected');
    const bytes = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(envelope.overhead + bytes);
    envelope.seal(text, bytes, frame, 0);
    transport.send(frame, envelope.binary);
  }

  private release(info: CloseInfo): void {
    const wasAuthenticated = this.isAuthenticated;
    this.isAuthenticated = false;
    this.heartbeat.stop();
    this.streams.endAll((request) => connectionLost(request, info));
    this.pending.rejectAll((request) =>
      wasAuthenticated ? connectionLost(request, info) : closedEarly(info),
    );
    if (wasAuthenticated) this.listener.onGone(this, info);
  }
}
