import { Inject, Injectable } from '@nestjs/common';
import { AuthGuard } from '../../handlers/auth.guard.js';
import { HandlerRouter } from '../../handlers/handler.router.js';
import { CloseCode } from '../../protocol/close-code.js';
import { ErrorCode } from '../../protocol/error-body.js';
import { AUTH, HEART_BEAT, isFrameworkName, REAUTH } from '../../protocol/message-name.js';
import {
  formatMessage,
  isCredit,
  TooDeepError,
  type MessageId,
  type WireMessage,
} from '../../protocol/message.js';
import { parseMessage } from '../../protocol/message.parser.js';
import { messageOf } from '../../logging/log-text.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { Admission } from './admission.js';
import { Authenticator } from './authenticator.js';
import { FailureLog } from '../operations/failure-log.js';
import type { Connection } from '../connection/connection.js';
import { replyError } from '../connection/error-reply.js';
import { RecordReader } from './record.reader.js';
import { HandlerRunner } from './handler.runner.js';
import type { ReceivedMessage } from '../flow/inbox.js';
import type { Journey, ReceivedFrame } from '../flow/intake.js';

/**
 * The journey of a message, once it is its turn (Intake, Scheduler):
 *
 * ws frame -> envelope.open (of version 2, a record: RecordReader) -> parseMessage -> router.find ->
 * AuthGuard -> handler through Nest's guards, pipes, interceptors and filters (HandlerRunner) -> reply
 * -> envelope.seal, for all of a turn (Outbox) -> ws frame
 */
@Injectable()
export class MessagePipeline implements Journey<Connection> {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly admission: Admission,
    private readonly router: HandlerRouter,
    private readonly records: RecordReader,
    private readonly authGuard: AuthGuard,
    private readonly authenticator: Authenticator,
    private readonly runner: HandlerRunner,
    private readonly failures: FailureLog,
  ) {}

  /** A frame whose turn it is. */
  handle(connection: Connection, { bytes, isBinary, rest }: ReceivedFrame): void {
    if (rest) return this.records.takeRest(connection, rest, this);
    if (!this.admission.admits(connection, bytes)) return;
    const content = this.open(connection, bytes, isBinary);
    if (content === undefined) return;
    if (connection.sender.envelope.isRecord) this.records.take(connection, content, this);
    else this.take(connection, content, undefined, connection.isAuthenticated ? undefined : bytes);
  }

  /** The text of one message, and the bytes that stand beside it in version 2. */
  take(connection: Connection, json: Uint8Array, bytes?: Uint8Array, frame?: Buffer): void {
    const message = this.parse(connection, json, bytes);
    if (message === undefined) return;
    const received = { message, bytes: json.length + (bytes?.length ?? 0), frame };
    if (connection.intake.inbox.mustHold) this.hold(connection, received);
    else this.dispatch(connection, received);
  }

  /** A message that need not wait any longer. */
  dispatch(connection: Connection, received: ReceivedMessage): void {
    const { message } = received;
    const handler = this.router.find(message.request);
    if (!this.authGuard.admits(connection.client, handler)) {
      return connection.refuse('unauthorized', CloseCode.Unauthorized, 'authenticate first');
    }
    if (isOfTheFramework(message)) return this.serveFramework(connection, message);
    if (handler === undefined) return replyUnknownHandler(connection, message);
    if (handler.name === AUTH) return this.authenticator.run(connection, handler, received);
    if (connection.intake.affords(handler.replySize.value)) {
      return this.runner.run(connection, handler, received);
    }
    connection.intake.hold(received);
  }

  /** Something went wrong that belongs to no handler. */
  fail(connection: Connection, error: unknown): void {
    this.failures.note(error, { label: 'MessagePipeline', client: connection.client.id });
    connection.refuse('internalError', CloseCode.InternalError, 'internal error');
  }

  private open(connection: Connection, frame: Buffer, isBinary: boolean): Buffer | undefined {
    const { envelope } = connection.sender;
    try {
      if (isBinary !== envelope.binary) throw new Error('wrong kind of frame');
      return envelope.open(frame);
    } catch (error) {
      return refuseFrame(connection, error);
    }
  }

  private parse(
    connection: Connection,
    json: Uint8Array,
    bytes?: Uint8Array,
  ): WireMessage | undefined {
    try {
      return parseMessage(json, this.options.limits.maxJsonDepth, bytes);
    } catch (error) {
      return refuseFrame(connection, error);
    }
  }

  /** What waits is passed by answers and cancellations: a handler in flight may wait for them. */
  private hold(connection: Connection, received: ReceivedMessage): void {
    const isUrgent = connection.isAuthenticated && isOfTheFramework(received.message);
    if (isUrgent) this.serveFramework(connection, received.message);
    else connection.intake.hold(received);
  }

  private serveFramework(connection: Connection, message: WireMessage): void {
    const { request, id, cancel, credit } = message;
    if (request === HEART_BEAT) {
      return connection.reply(formatMessage(HEART_BEAT, id, 'response', true));
    }
    if (request === REAUTH) {
      return this.authenticator.renew(connection, this.router.find(AUTH)!, message);
    }
    if (id === undefined) {
      return connection.refuse('badFrame', CloseCode.BadFrame, 'bad frame: an answer without id');
    }
    if (cancel === true) cancelStream(connection, id);
    else if (isCredit(credit)) connection.streams.grant(id, credit);
    else connection.asks.settle(message);
  }
}

/** Heartbeats, renewals, cancellations, and answers to what the server asked: no handler sees them. */
function isOfTheFramework(message: WireMessage): boolean {
  return (
    isFrameworkName(message.request) ||
    message.cancel === true ||
    (message.credit !== undefined && isGrant(message)) ||
    message.response !== undefined ||
    message.error !== undefined
  );
}

/** PROTOCOL.md R5.13. */
function isGrant({ credit, stream }: WireMessage): boolean {
  return stream !== true && isCredit(credit);
}

function refuseFrame(connection: Connection, error: unknown): undefined {
  const limit = error instanceof TooDeepError ? 'maxJsonDepth' : 'badFrame';
  connection.refuse(limit, CloseCode.BadFrame, `bad frame: ${messageOf(error)}`);
}

/** PROTOCOL.md R5.7. */
function cancelStream({ intake, streams }: Connection, id: MessageId): void {
  if (!intake.inbox.withdrawStream(id)) streams.cancel(id);
}

function replyUnknownHandler(connection: Connection, message: WireMessage): void {
  const text = `No handler named ${message.request}`;
  replyError(connection, message, { code: ErrorCode.UnknownHandler, message: text });
}
