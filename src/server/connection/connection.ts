import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Envelope } from '../../envelope/envelope.js';
import { CloseCode, fitCloseReason } from '../../protocol/close-code.js';
import { DEFAULT_LIMITS } from '../../protocol/limits.js';
import type { SentMessage } from '../../protocol/sent-message.js';
import { Intake } from '../flow/intake.js';
import { Sender } from '../flow/sender.js';
import { limitMessageSize } from '../flow/web-socket.receiver.js';
import type { ConnectionPlace } from '../operations/connection-counts.js';
import { EventRate } from '../operations/event-rate.js';
import { AuthDeadline } from './auth-deadline.js';
import { ClientAsks, type AskOptions } from './client-asks.js';
import { ConnectedClient, type ClientLink, type SocketSession } from './connected-client.js';
import type { ConnectionContext } from './connection.context.js';
import { Liveness } from './liveness.js';
import type { PushField } from './push.js';
import { StreamReplies } from './stream-replies.js';

const [OPEN, CLOSED] = [1, 3];

/** One peer's WebSocket: what belongs to it, and how it begins and ends. */
export class Connection implements ClientLink {
  readonly client: ConnectedClient;
  readonly intake: Intake<Connection>;
  readonly sender: Sender;
  readonly liveness: Liveness;
  isAuthenticated = false;
  /** Whether its `auth` had an id, which an original's never has: PROTOCOL.md R5.15. */
  knowsIds = false;
  unauthenticatedMessages = 0;
  /** Kept until authentication, for gateways; without any it is not kept at all. */
  upgradeRequest: IncomingMessage | undefined;
  private openAsks: ClientAsks | undefined;
  private openStreams: StreamReplies | undefined;
  private messageRate: EventRate | undefined;
  /** The close code that this side chose; undefined while it is open, or when the peer left. */
  private closedWith: number | undefined;
  /** Failed to authenticate where its address may not be told: it waits for the end of its time. */
  isIgnored = false;
  private readonly authDeadline = new AuthDeadline(() =>
    this.refuse('authTimeout', CloseCode.AuthTimeout, 'authentication timed out'),
  );
  private isRefused = false;
  private isGone = false;

  constructor(
    id: number,
    private readonly webSocket: WebSocket,
    socket: Socket,
    private readonly place: ConnectionPlace,
    private readonly context: ConnectionContext<Connection>,
    readonly session: SocketSession,
    envelope: Envelope,
  ) {
    place.isTaken = true;
    this.client = new ConnectedClient(id, place.ip, this, context.rooms);
    this.intake = new Intake(webSocket, context.options.limits, this, context.journey);
    this.sender = new Sender(socket, envelope, this, context);
    this.liveness = new Liveness(socket);
    this.authDeadline.start(context.options.limits.authTimeout);
  }

  get isOpen(): boolean {
    return !this.isEnded && this.webSocket.readyState === OPEN;
  }

  /** Whether this side has ended it, or nothing that came is left to be handled. */
  get isEnded(): boolean {
    return this.closedWith !== undefined || this.isGone;
  }

  get isSlow(): boolean {
    return this.sender.isSlow;
  }

  get awaitsAnswers(): boolean {
    return this.openAsks !== undefined && this.openAsks.size > 0;
  }

  get pushField(): PushField {
    const { pushField } = this.context.options;
    if (pushField !== 'auto') return pushField;
    return this.knowsIds ? 'data' : 'response';
  }

  // Made when they are needed, since most connections never do, and thousands may be idle.
  get asks(): ClientAsks {
    return (this.openAsks ??= new ClientAsks(this, this.context.options.telemetry));
  }

  get streams(): StreamReplies {
    return (this.openStreams ??= new StreamReplies());
  }

  get rate(): EventRate {
    return (this.messageRate ??= new EventRate());
  }

  /** Sends what belongs to a request, and has the peer pay for it. */
  reply(message: SentMessage): void {
    this.intake.credit -= message.length;
    this.sender.reply(message);
  }

  /** Sends what nobody asked for. Returns false when it was dropped, or the connection is gone. */
  push(message: SentMessage): boolean {
    return this.sender.push(message);
  }

  ask(request: string, data: unknown, options: AskOptions): Promise<unknown> {
    const answer = this.asks.ask(request, data, options);
    this.intake.update();
    return answer;
  }

  whenReady(): Promise<void> {
    return this.sender.whenReady();
  }

  onPaceChanged(): void {
    this.intake.update();
  }

  /** PROTOCOL.md R3.3: the reply still goes under the old key, everything after it under the new. */
  startSession(envelope: Envelope, reply: SentMessage): void {
    this.reply(reply);
    this.sender.changeEnvelope(envelope);
    this.isAuthenticated = true;
    this.authDeadline.stop();
    this.place.authenticated();
    limitMessageSize(this.webSocket, this.context.options.limits.maxMessageSize);
  }

  ping(): void {
    if (this.isOpen) this.webSocket.ping();
  }

  close(
    code: number = this.isAuthenticated ? CloseCode.Normal : CloseCode.Unauthorized,
    reason = '',
  ): void {
    if (!this.isOpen) return;
    // The auth handler may close whom it does not like, which tells as much as its refusal.
    if (this.intake.inbox.isAuthenticating && this.mayNotTell(code)) return this.ignore();
    this.end(code, reason);
  }

  private end(code: number, reason: string): void {
    // First of all, since the flush may find that the peer is to be cut.
    this.closedWith = code;
    this.sender.finish(code, reason);
    // A paused socket would not see the peer's close frame.
    this.webSocket.resume();
    this.webSocket.close(code, fitCloseReason(reason));
    // Of whatever else it has sent nothing is wanted: ws then reads past it, and ends the socket.
    limitMessageSize(this.webSocket, 1);
  }

  /** Closes because of a limit or a violation, counted and logged. */
  refuse(limit: string, code: number, reason: string): void {
    if (!this.isOpen) return;
    if (this.mayNotTell(code)) return this.ignore();
    this.isRefused = true;
    this.report(limit, `close ${code} ${reason}`);
    if (this.isAuthFailure(code)) this.context.authFailures.note(this.client.ip);
    this.end(code, reason);
  }

  /** The `auth` handler did not accept the peer, and may have closed the connection itself. */
  refuseAuthentication(): void {
    if (this.isAuthenticated) this.context.authFailures.note(this.client.ip);
    if (this.closedWith === undefined) {
      return this.refuse('authRefused', CloseCode.Unauthorized, 'authentication refused');
    }
    if (this.isRefused) return;
    this.report('authRefused', `close ${this.closedWith}`);
    this.context.authFailures.note(this.client.ip);
  }

  /** Counts and logs that a limit acted, or that a rule was violated. */
  report(limit: string, outcome: string): void {
    const { id, ip } = this.client;
    this.context.limitLog.refuse({ limit, ip, client: id, outcome });
  }

  /** Cuts the connection, for a peer that would not notice a close frame. */
  terminate(): void {
    this.isGone = true;
    this.webSocket.terminate();
    this.intake.update();
  }

  /** Takes no more messages, and resolves when the handlers in flight have replied. */
  async drain(): Promise<void> {
    this.openStreams?.cancelStreams();
    await this.intake.drain();
  }

  /** Resolves when the socket is closed. */
  async whenGone(): Promise<void> {
    if (this.webSocket.readyState === CLOSED) return;
    // Not by once() of node:events, which rejects when the peer violates the protocol meanwhile.
    await new Promise((resolve) => this.webSocket.once('close', resolve));
  }

  /** The socket is closed: it is released, and calls back, when what came before has been handled. */
  leave(onReleased: () => void): void {
    this.authDeadline.stop();
    this.client.release();
    this.sender.release();
    this.place.leave();
    const { shutdownTimeout } = this.context.options.limits;
    this.intake.whenHandled(shutdownTimeout, (left) => {
      if (left > 0) this.report('shutdownTimeout', `${left} messages of a peer that left dropped`);
      this.release();
      onReleased();
    });
  }

  /** Nobody may wait for it any more. */
  private release(): void {
    this.isGone = true;
    this.upgradeRequest = undefined;
    this.intake.clear();
    this.openStreams?.cancelAll();
    this.openAsks?.end();
  }

  private isAuthFailure(code: number): boolean {
    return !this.isAuthenticated && this.context.authFailures.isOne(code);
  }

  private mayNotTell(code: number): boolean {
    return this.isAuthFailure(code) && this.context.authFailures.hasTooMany(this.client.ip);
  }

  /** PROTOCOL.md R8.2: what it said was wrong, but it is not told, and keeps its place meanwhile. */
  private ignore(): void {
    if (this.isIgnored) return;
    this.isIgnored = true;
    const { authTimeout } = this.context.options.limits;
    const time = Math.min(authTimeout, DEFAULT_LIMITS.authTimeout);
    this.report('maxAuthFailuresPerMinute', `not told for ${time} ms`);
    this.place.keepFor(time);
    this.authDeadline.start(time);
  }
}
