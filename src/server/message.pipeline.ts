import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { AuthGuard } from '../handlers/auth.guard.js';
import { HandlerRouter } from '../handlers/handler.router.js';
import { CloseCode } from '../protocol/close-code.js';
import { ErrorCode } from '../protocol/error-body.js';
import {
  AUTH,
  formatMessage,
  HEART_BEAT,
  parseMessage,
  TooDeepError,
  type WireMessage,
} from '../protocol/message.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { Admission } from './admission.js';
import { Authenticator } from './authenticator.js';
import type { Connection } from './connection.js';
import { HandlerRunner } from './handler.runner.js';
import type { ReceivedMessage } from './inbox.js';

const MESSAGES_PER_TURN = 16;

/**
 * The journey of a message:
 *
 * ws frame -> envelope.open -> parseMessage -> router.find -> AuthGuard -> handler through Nest's
 * guards, pipes, interceptors and filters -> reply -> envelope.seal -> ws frame
 */
@Injectable()
export class MessagePipeline {
  // What waited is run in no message's async context: it must not see another one's AsyncLocalStorage.
  private readonly ownContext = new AsyncResource('nestjs-sockets');

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly admission: Admission,
    private readonly router: HandlerRouter,
    private readonly authGuard: AuthGuard,
    private readonly authenticator: Authenticator,
    private readonly runner: HandlerRunner,
  ) {}

  /** A frame came in. */
  receive(connection: Connection, frame: Buffer, isBinary: boolean): void {
    if (!this.admission.admits(connection, frame)) return;
    const message = this.open(connection, frame, isBinary);
    if (message === undefined) return;
    const received = { message, bytes: frame.length };
    if (connection.inbox.mustHold) this.hold(connection, received);
    else this.dispatch(connection, received);
  }

  private open(connection: Connection, frame: Buffer, isBinary: boolean): WireMessage | undefined {
    const { envelope } = connection;
    try {
      if (isBinary !== envelope.binary) throw new Error('wrong kind of frame');
      return parseMessage(envelope.open(frame), this.options.limits.maxJsonDepth);
    } catch (error) {
      const limit = error instanceof TooDeepError ? 'maxJsonDepth' : 'badFrame';
      connection.refuse(limit, CloseCode.BadFrame, `bad frame: ${(error as Error).message}`);
      return undefined;
    }
  }

  private dispatch(connection: Connection, received: ReceivedMessage): void {
    const { message } = received;
    const handler = this.router.find(message.request);
    if (!this.authGuard.admits(connection.client, handler)) {
      return connection.refuse('unauthorized', CloseCode.Unauthorized, 'authenticate first');
    }
    if (isOfTheFramework(message)) return this.serveFramework(connection, message);
    if (handler === undefined) return replyUnknownHandler(connection, message);
    const step = handler.name === AUTH ? this.authenticator : this.runner;
    step.run(connection, handler, received);
  }

  /** What waits is passed by answers and cancellations: a handler in flight may wait for them. */
  private hold(connection: Connection, received: ReceivedMessage): void {
    const isUrgent = connection.isAuthenticated && isOfTheFramework(received.message);
    if (isUrgent) this.serveFramework(connection, received.message);
    else connection.hold(received);
  }

  private serveFramework(connection: Connection, message: WireMessage): void {
    const { request, id, cancel } = message;
    if (request === HEART_BEAT) {
      return connection.reply(formatMessage(HEART_BEAT, id, 'response', true));
    }
    if (id === undefined) {
      return connection.refuse('badFrame', CloseCode.BadFrame, 'bad frame: an answer without id');
    }
    if (cancel === true) connection.cancelStream(id);
    else connection.settleAsk(message);
  }

  /** A handler ended, or the peer reads again: whatever waited for that may go on. */
  resume(connection: Connection): void {
    const { inbox } = connection;
    if (inbox.isResuming || !connection.isOpen) return;
    inbox.isResuming = true;
    this.ownContext.runInAsyncScope(() => this.dispatchWaiting(connection));
  }

  /** A few at a time, so that nobody else has to wait for all that one peer sent. */
  private dispatchWaiting(connection: Connection): void {
    const { inbox } = connection;
    let received: ReceivedMessage | undefined;
    for (let count = 0; count < MESSAGES_PER_TURN && connection.isOpen; count++) {
      received = inbox.next();
      if (received === undefined) break;
      this.dispatch(connection, received);
    }
    if (received) return void setImmediate(() => this.dispatchWaiting(connection));
    inbox.isResuming = false;
    connection.updateReading();
  }
}

/** Heartbeats, cancellations, and answers to what the server asked: no handler sees them. */
function isOfTheFramework(message: WireMessage): boolean {
  return (
    message.request === HEART_BEAT ||
    message.cancel === true ||
    message.response !== undefined ||
    message.error !== undefined
  );
}

function replyUnknownHandler(connection: Connection, { request, id }: WireMessage): void {
  const error = { code: ErrorCode.UnknownHandler, message: `No handler named ${request}` };
  connection.reply(formatMessage(request, id, 'error', error));
}
