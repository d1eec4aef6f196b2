import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Envelope } from '../envelope/envelope.js';
import { CloseCode, fitCloseReason } from '../protocol/close-code.js';
import type { MessageId, WireMessage } from '../protocol/message.js';
import type { RequestOptions } from '../protocol/pending-replies.js';
import { ClientAsks } from './client-asks.js';
import type { ConnectionPlace } from './connection-counts.js';
import { ConnectedClient, type ClientLink } from './connected-client.js';
import type { HandlerKind } from '../handlers/handlers.explorer.js';
import { GatewaySocket } from '../gateways/gateway-socket.js';
import { EventRate } from './event-rate.js';
import { Intake } from './intake.js';
import type { ConnectionContext } from './connection.context.js';
import { Liveness } from './liveness.js';
import { Outbox } from './outbox.js';
import { SlowConsumer } from './slow-consumer.js';
import { StreamReplies } from './stream-replies.js';
import { limitMessageSize } from './web-socket.receiver.js';

const OPEN = 1;
const CLOSED = 3;
const LITTLE_TEXT = 64 * 1024;

/** One peer's WebSocket: what it may do now, what waits in either direction, and how it ends. */
export class Connection implements ClientLink {
  readonly client: ConnectedClient;
  isAuthenticated = false;
  unauthenticatedMessages = 0;
  /** Ends who does not authenticate in time; stopped by the one who does. */
  authTimer: NodeJS.Timeout | undefined;
  readonly intake: Intake;
  /** Kept until authentication, for gateways; without any it is not kept at all. */
  upgradeRequest: IncomingMessage | undefined;
  private readonly outbox: Outbox;
  private slowConsumer: SlowConsumer | undefined;
  private readonly liveness: Liveness;
  private asks: ClientAsks | undefined;
  private openStreams: StreamReplies | undefined;
  private gatewaySocket: GatewaySocket | undefined;
  private messageRate: EventRate | undefined;
  /** The close code that this side chose; undefined while it is open, or when the peer left. */
  private closedWith: number | undefined;
  private isRefused = false;
  private isGone = false;

  constructor(
    id: number,
    private readonly webSocket: WebSocket,
    private readonly socket: Socket,
    private readonly place: ConnectionPlace,
    private readonly context: ConnectionContext,
  ) {
    place.isTaken = true;
    this.client = new ConnectedClient(id, place.ip, this);
    this.intake = new Intake(webSocket, context.options.limits, this);
    this.outbox = new Outbox(socket, context.envelope, context.traffic, this);
    this.liveness = new Liveness(socket);
  }

  get isOpen(): boolean {
    return !this.isEnded && this.webSocket.readyState === OPEN;
  }

  /** Whether this side has ended it, or nothing that came is left to be handled. */
  get isEnded(): boolean {
    return this.closedWith !== undefined || this.isGone;
  }

  /** Whether so much waits for the peer that it must take some of it first. */
  get isSlow(): boolean {
    return this.slowConsumer?.isSlow === true;
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

  /** Lets what waits go on, as far as it may. */
  goOn(): void {
    this.context.resume(this);
  }

  /** What gateways know this connection as. */
  get forGateways(): GatewaySocket {
    return (this.gatewaySocket ??= new GatewaySocket(this.client));
  }

  /** What a handler of that kind knows this connection as. */
  clientFor(kind: HandlerKind): ConnectedClient | GatewaySocket {
    return kind === 'gateway' ? this.forGateways : this.client;
  }

  /** Sends what belongs to a request. Never dropped: what asks too much is not read any more. */
  reply(text: string): void {
    if (!this.isOpen) return;
    this.intake.share.charge(text.length);
    this.enqueue(text);
  }

  /** Sends what nobody asked for. Returns false when it was dropped, or the connection is gone. */
  push(text: string): boolean {
    if (!this.isOpen || this.slowConsumer?.admits() === false) return false;
    return this.enqueue(text);
  }

  // The exact check reads through the socket's state, so a little text waits for it until the flush.
  private enqueue(text: string): boolean {
    this.outbox.add(text);
    if (this.outbox.textLength < LITTLE_TEXT && !this.isSlow) return true;
    this.checkBacklog();
    return this.isOpen;
  }

  /** Resolves when more may be sent: at once, unless the peer reads too slowly. */
  async whenReady(): Promise<void> {
    await this.slowConsumer?.whenReady();
  }

  /** What waited has been written. */
  onFlushed(): void {
    this.checkBacklog();
  }

  private checkBacklog(): void {
    const { outbox, context } = this;
    const { sendHighWaterMark, sendHardCap } = context.options.limits;
    if (outbox.waitingBytes <= Math.min(sendHighWaterMark, sendHardCap)) return;
    this.slowConsumer ??= new SlowConsumer(this, outbox, this.socket, context);
    this.slowConsumer.check();
  }

  /** PROTOCOL.md R3.3: the reply still goes under the old key, everything after it under the new. */
  startSession(envelope: Envelope, reply: string): void {
    this.reply(reply);
    this.outbox.changeEnvelope(envelope);
    this.isAuthenticated = true;
    this.stopAuthTimeout();
    this.place.authenticated();
    limitMessageSize(this.webSocket, this.context.options.limits.maxMessageSize);
  }

  private stopAuthTimeout(): void {
    clearTimeout(this.authTimer);
    this.authTimer = undefined;
  }

  ask(request: string, data: unknown, options: RequestOptions): Promise<unknown> {
    this.asks ??= new ClientAsks(this);
    const answer = this.asks.ask(request, data, options);
    this.intake.updateReading();
    return answer;
  }

  /** The client's answer to an ask. */
  settleAsk(message: WireMessage): void {
    this.asks?.settle(message);
  }

  /** Ends the stream of that id, if there is one: PROTOCOL.md R5.7. */
  cancelStream(id: MessageId): void {
    if (!this.intake.inbox.withdrawStream(id)) this.openStreams?.cancel(id);
  }

  onPaceChanged(): void {
    this.intake.onPaceChanged();
  }

  get awaitsAnswers(): boolean {
    return this.asks !== undefined && this.asks.size > 0;
  }

  /** How many heartbeats in a row brought no byte. One that is not read because of us misses none. */
  countMissedBeats(): number {
    return this.liveness.beat(this.intake.isPaused && !this.isSlow);
  }

  ping(): void {
    if (this.isOpen) this.webSocket.ping();
  }

  close(
    code: number = this.isAuthenticated ? CloseCode.Normal : CloseCode.Unauthorized,
    reason = '',
  ): void {
    if (!this.isOpen) return;
    // First of all, since the flush may find that the peer is to be cut.
    this.closedWith = code;
    this.outbox.flush();
    // A paused socket would not see the peer's close frame.
    this.webSocket.resume();
    this.webSocket.close(code, fitCloseReason(reason));
    // Of whatever else it has sent nothing is wanted: ws then reads past it, and ends the socket.
    limitMessageSize(this.webSocket, 1);
  }

  /** Takes no more messages, and resolves when the handlers in flight have replied. */
  async drain(): Promise<void> {
    this.openStreams?.cancelStreams();
    await this.intake.inbox.drain();
  }

  /** Resolves when the socket is closed. */
  async whenGone(): Promise<void> {
    if (this.webSocket.readyState === CLOSED) return;
    // Not by once() of node:events, which rejects when the peer violates the protocol meanwhile.
    await new Promise((resolve) => this.webSocket.once('close', resolve));
  }

  /** Cuts the connection, for a peer that would not notice a close frame. */
  terminate(): void {
    this.isGone = true;
    this.webSocket.terminate();
  }

  /** The connection is gone: nobody may wait for it any more. */
  release(code: number, reason: string): void {
    this.isGone = true;
    this.upgradeRequest = undefined;
    this.stopAuthTimeout();
    this.intake.release();
    this.outbox.clear();
    this.slowConsumer?.release();
    this.openStreams?.cancelAll();
    this.asks?.end();
    this.gatewaySocket?.closed(code, reason);
    this.place.leave();
  }

  /** Closes because of a limit or a violation, counted and logged. */
  refuse(limit: string, code: number, reason: string): void {
    if (!this.isOpen) return;
    this.isRefused = true;
    this.report(limit, `close ${code} ${reason}`);
    const isFailure = code === CloseCode.Unauthorized || code === CloseCode.BadFrame;
    if (isFailure) this.noteAuthFailure();
    this.close(code, reason);
  }

  /** The `auth` handler did not accept the peer, and may have closed the connection itself. */
  refuseAuthentication(): void {
    if (this.closedWith === undefined) {
      return this.refuse('authRefused', CloseCode.Unauthorized, 'authentication refused');
    }
    if (this.isRefused) return;
    this.report('authRefused', `close ${this.closedWith}`);
    this.noteAuthFailure();
  }

  private noteAuthFailure(): void {
    if (!this.isAuthenticated) this.context.authFailures.note(this.client.ip);
  }

  /** Counts and logs that a limit acted, or that a rule was violated. */
  report(limit: string, outcome: string): void {
    const { id, ip } = this.client;
    this.context.limitLog.refuse({ limit, ip, client: id, outcome });
  }
}
