import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Envelope } from '../envelope/envelope.js';
import { CloseCode, fitCloseReason } from '../protocol/close-code.js';
import { toErrorBody } from '../protocol/error-body.js';
import {
  assertRequestName,
  formatMessage,
  type MessageId,
  type WireMessage,
} from '../protocol/message.js';
import { PendingReplies, type RequestOptions } from '../protocol/pending-replies.js';
import { RemoteError, SocketsError } from '../sockets.errors.js';
import type { ConnectionPlace } from './connection-counts.js';
import { ConnectedClient, type ClientLink } from './connected-client.js';
import type { HandlerKind } from '../handlers/handlers.explorer.js';
import { GatewaySocket } from '../gateways/gateway-socket.js';
import { EventRate } from './event-rate.js';
import type { ConnectionContext } from './connection.context.js';
import { Liveness } from './liveness.js';
import { limitMessageSize } from './message-size.js';
import { Outbox } from './outbox.js';
import { SlowConsumer } from './slow-consumer.js';
import { StreamReplies } from './stream-replies.js';

const OPEN = 1;
const CLOSED = 3;
// What may wait while the peer is read on for its answers.
const MAX_WAITING_BYTES = 1024 * 1024;

/** One peer's WebSocket: what it may do now, what waits in either direction, and how it ends. */
export class Connection implements ClientLink {
  readonly client: ConnectedClient;
  isAuthenticated = false;
  /** While authentication is under way: what arrives must wait for its end. */
  isAuthenticating = false;
  /** While what waited is being dispatched. */
  isResuming = false;
  handlersInFlight = 0;
  unauthenticatedMessages = 0;
  /** Messages that wait for a handler to end, oldest first. */
  readonly waiting: WireMessage[] = [];
  /** Kept until authentication, for gateways; without any it is not kept at all. */
  upgradeRequest: IncomingMessage | undefined;
  readonly slowConsumer: SlowConsumer;
  private readonly outbox: Outbox;
  private readonly liveness: Liveness;
  private asks: PendingReplies | undefined;
  private openStreams: StreamReplies | undefined;
  private gatewaySocket: GatewaySocket | undefined;
  private messageRate: EventRate | undefined;
  private authTimer: NodeJS.Timeout | undefined;
  private isClosing = false;
  private isDraining = false;
  private onIdle: (() => void) | undefined;
  private readingIsPaused = false;
  private waitingBytes = 0;

  constructor(
    id: number,
    private readonly webSocket: WebSocket,
    socket: Socket,
    private readonly place: ConnectionPlace,
    private readonly context: ConnectionContext,
  ) {
    this.client = new ConnectedClient(id, place.ip, this);
    this.outbox = new Outbox(socket, context.envelope, context.traffic, () =>
      this.slowConsumer.check(),
    );
    this.liveness = new Liveness(socket);
    this.slowConsumer = new SlowConsumer(this, this.outbox, socket, context);
  }

  get isOpen(): boolean {
    return !this.isClosing && this.webSocket.readyState === OPEN;
  }

  get pushField(): 'data' | 'response' {
    return this.context.options.pushField;
  }

  get envelope(): Envelope {
    return this.outbox.envelope;
  }

  get streams(): StreamReplies {
    return (this.openStreams ??= new StreamReplies());
  }

  get rate(): EventRate {
    return (this.messageRate ??= new EventRate());
  }

  /** Whether the next message must wait: for authentication, for a handler to end, or for good. */
  get isBusy(): boolean {
    return (
      this.isAuthenticating ||
      this.isDraining ||
      this.handlersInFlight >= this.context.options.limits.maxHandlersInFlight
    );
  }

  /** Keeps a message until its turn comes. */
  hold(message: WireMessage, bytes: number): void {
    if (this.waiting.push(message) === 1) this.waitingBytes = 0;
    this.waitingBytes += bytes;
    this.updateReading();
  }

  /** What gateways know this connection as. */
  get forGateways(): GatewaySocket {
    return (this.gatewaySocket ??= new GatewaySocket(this.client));
  }

  /** What a handler of that kind knows this connection as. */
  clientFor(kind: HandlerKind): ConnectedClient | GatewaySocket {
    return kind === 'gateway' ? this.forGateways : this.client;
  }

  /** Answers a request: PROTOCOL.md R5.5. */
  replyTo({ request, id }: WireMessage, response: unknown): void {
    const isNothing = response === undefined || response === null;
    if (isNothing && id === undefined) return;
    this.reply(formatMessage(request, id, 'response', response));
  }

  /** Sends what belongs to a request. Never dropped: what asks too much is not read any more. */
  reply(text: string): void {
    if (!this.isOpen) return;
    this.outbox.add(text);
    this.slowConsumer.check();
  }

  /** Sends what nobody asked for. Returns false when it was dropped, or the connection is gone. */
  push(text: string): boolean {
    if (!this.isOpen || !this.slowConsumer.admits()) return false;
    this.reply(text);
    return this.isOpen;
  }

  /** Resolves when more may be sent: at once, unless the peer reads too slowly. */
  whenReady(): Promise<void> {
    return this.slowConsumer.whenReady();
  }

  /** PROTOCOL.md R3.3: the reply still goes under the old key, everything after it under the new. */
  startSession(envelope: Envelope, reply: string): void {
    this.reply(reply);
    this.outbox.flush();
    this.outbox.envelope = envelope;
    this.isAuthenticated = true;
    clearTimeout(this.authTimer);
    this.place.authenticated();
    limitMessageSize(this.webSocket, this.context.options.limits.maxMessageSize);
  }

  /** Who does not authenticate in time is closed with 4408. */
  startAuthTimeout(): void {
    const { authTimeout } = this.context.options.limits;
    if (authTimeout === Infinity) return;
    this.authTimer = setTimeout(
      () => this.refuse('authTimeout', CloseCode.AuthTimeout, 'authentication timed out'),
      authTimeout,
    );
  }

  ask(request: string, data: unknown, options: RequestOptions): Promise<unknown> {
    this.asks ??= new PendingReplies();
    const answer = this.asks.wait(assertRequestName(request), options, (id) => {
      if (this.isOpen && this.isAuthenticated) {
        return this.reply(formatMessage(request, id, 'data', data));
      }
      throw connectionLost(request, this.client.id);
    });
    this.updateReading();
    return answer;
  }

  /** The client's answer to an ask: PROTOCOL.md R5.8. */
  settleAsk({ request, id, response, error }: WireMessage): void {
    if (id === undefined || !this.asks) return;
    if (error === undefined) this.asks.resolve(id, response);
    else this.asks.reject(id, new RemoteError(request, toErrorBody(error)));
  }

  /** Ends the stream of that id, if there is one: PROTOCOL.md R5.7. */
  cancelStream(id: MessageId): void {
    const waits = this.waiting.findIndex((message) => message.id === id && message.stream === true);
    if (waits < 0) this.openStreams?.cancel(id);
    else this.waiting.splice(waits, 1);
  }

  /** Stops reading while there is a reason, so that TCP pushes back on the peer. */
  updateReading(): void {
    const pause = this.slowConsumer.isSlow || (this.mustHold && !this.hasToHear);
    if (pause === this.readingIsPaused) return;
    this.readingIsPaused = pause;
    if (pause) this.webSocket.pause();
    else this.webSocket.resume();
  }

  private get mustHold(): boolean {
    return this.isBusy || this.waiting.length > 0;
  }

  // A handler in flight may wait for an answer of this very peer.
  private get hasToHear(): boolean {
    const { asks, waiting, waitingBytes } = this;
    if (asks === undefined || asks.size === 0) return false;
    return waiting.length === 0 || waitingBytes < MAX_WAITING_BYTES;
  }

  /** How many heartbeats in a row brought no byte. One that is not read because of us misses none. */
  countMissedBeats(): number {
    return this.liveness.beat(this.readingIsPaused && !this.slowConsumer.isSlow);
  }

  ping(): void {
    if (this.isOpen) this.webSocket.ping();
  }

  close(
    code: number = this.isAuthenticated ? CloseCode.Normal : CloseCode.Unauthorized,
    reason = '',
  ): void {
    if (!this.isOpen) return;
    const isFailure = code === CloseCode.Unauthorized || code === CloseCode.BadFrame;
    if (isFailure && !this.isAuthenticated) this.context.authFailures.note(this.client.ip);
    this.outbox.flush();
    this.isClosing = true;
    // A paused socket would not see the peer's close frame.
    this.webSocket.resume();
    this.webSocket.close(code, fitCloseReason(reason));
  }

  /** Takes no more messages, and resolves when the handlers in flight have replied. */
  async drain(): Promise<void> {
    this.isDraining = true;
    this.waiting.length = 0;
    this.openStreams?.cancelStreams();
    if (this.handlersInFlight > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  /** A handler ended, with or without a reply. */
  handlerEnded(): void {
    if (--this.handlersInFlight === 0) this.onIdle?.();
  }

  /** Resolves when the socket is closed. */
  async whenGone(): Promise<void> {
    if (this.webSocket.readyState !== CLOSED) await once(this.webSocket, 'close');
  }

  /** Cuts the connection, for a peer that would not notice a close frame. */
  terminate(): void {
    this.isClosing = true;
    this.webSocket.terminate();
  }

  /** The connection is gone: nobody may wait for it any more. */
  release(code: number, reason: string): void {
    this.isClosing = true;
    this.upgradeRequest = undefined;
    clearTimeout(this.authTimer);
    this.waiting.length = 0;
    this.outbox.clear();
    this.slowConsumer.release();
    this.openStreams?.cancelAll();
    this.asks?.rejectAll((request) => connectionLost(request, this.client.id));
    this.gatewaySocket?.closed(code, reason);
  }

  /** Closes because of a limit or a violation, counted and logged. */
  refuse(limit: string, code: number, reason: string): void {
    if (!this.isOpen) return;
    const { id, ip } = this.client;
    this.context.traffic.refuse(limit);
    this.context.limitLog.report({ limit, ip, client: id, outcome: `close ${code} ${reason}` });
    this.close(code, reason);
  }
}

function connectionLost(request: string, clientId: number): SocketsError {
  return new SocketsError(
    'CONNECTION_LOST',
    `Client ${clientId} is not connected any more, so "${request}" gets no answer. Ask again when it is back (SocketServer.authenticated$).`,
  );
}
