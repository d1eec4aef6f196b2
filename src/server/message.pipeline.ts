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
import type { ReceivedFrame, ReceivedMessage } from './inbox.js';

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
    const { intake, isAuthenticated } = connection;
    if (isAuthenticated && !intake.share.admits(frame.length)) intake.holdFrame(frame, isBinary);
    else this.handle(connection, frame, isBinary);
  }

  private handle(connection: Connection, frame: Buffer, isBinary: boolean): void {
    const { intake } = connection;
    intake.share.chargeFrame(frame.length);
    if (!this.admission.admits(connection, frame)) return;
    const message = this.open(connection, frame, isBinary);
    if (message === undefined) return;
    const received = { message, bytes: frame.length };
    if (intake.inbox.mustHold) this.hold(connection, received);
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
    if (handler.name === AUTH) return this.authenticator.run(connection, handler, received);
    const isAffordable = connection.intake.share.affords(handler.replySize.value);
    if (isAffordable) this.runner.run(connection, handler, received);
    else connection.intake.holdForTurn(received);
  }

  /** What waits is passed by answers and cancellations: a handler in flight may wait for them. */
  private hold(connection: Connection, received: ReceivedMessage): void {
    const isUrgent = connection.isAuthenticated && isOfTheFramework(received.message);
    if (isUrgent) this.serveFramework(connection, received.message);
    else connection.intake.hold(received);
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

  /** A handler ended, the peer reads again, or has a turn: whatever waited for that may go on. */
  resume(connection: Connection): void {
    const { inbox } = connection.intake;
    if (inbox.isResuming) return;
    inbox.isResuming = true;
    this.ownContext.runInAsyncScope(() => this.handleWaiting(connection));
    inbox.isResuming = false;
    connection.intake.resumed();
  }

  private handleWaiting(connection: Connection): void {
    const { inbox, share } = connection.intake;
    while (inbox.canGoOn && !connection.isEnded) {
      if (!share.hasLeft()) return share.waitForTurn();
      const received = inbox.next();
      if (received) this.dispatchHeld(connection, received);
      else this.handleHeld(connection, inbox.nextFrame()!);
    }
  }

  private dispatchHeld(connection: Connection, received: ReceivedMessage): void {
    connection.intake.share.chargeFrame(0);
    this.dispatch(connection, received);
  }

  private handleHeld(connection: Connection, { bytes, isBinary }: ReceivedFrame): void {
    this.handle(connection, bytes, isBinary);
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
