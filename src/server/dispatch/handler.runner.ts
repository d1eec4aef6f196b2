import { Inject, Injectable } from '@nestjs/common';
import type { Observable, Observer, Subscription } from 'rxjs';
import type { Handling } from '../../contract/telemetry.js';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import type { Handler } from '../../handlers/handler.router.js';
import { isStream, valuesOf } from '../../handlers/values-of.js';
import { CloseCode } from '../../protocol/close-code.js';
import { ErrorCode, INTERNAL_ERROR } from '../../protocol/error-body.js';
import {
  formatCredit,
  formatStreamEnd,
  type MessageId,
  type WireMessage,
} from '../../protocol/message.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { Connection } from '../connection/connection.js';
import type { StreamReply } from '../connection/stream-replies.js';
import { replyError } from '../connection/error-reply.js';
import { FailureLog } from '../operations/failure-log.js';
import type { ReceivedMessage } from '../flow/inbox.js';
import { Traffic } from '../operations/traffic.js';
import { errorTypeOf, handlingOf, within } from './handling.js';
import { paced } from './paced-values.js';
import { replyOf } from './reply-message.js';

/** One request that a handler works on. */
interface Run {
  readonly connection: Connection;
  readonly handler: Handler;
  readonly message: WireMessage;
  readonly bytes: number;
  readonly startedAt: number;
  /** Open as long as the peer wants the values that it asked for. */
  readonly stream: StreamReply | undefined;
  /** With the option `telemetry`. */
  readonly handling: Handling | undefined;
}

type StreamRequest = WireMessage & { id: MessageId };

/** Runs a handler and sends what comes of it: a reply, an error, or a stream. */
@Injectable()
export class HandlerRunner {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly traffic: Traffic,
    private readonly failures: FailureLog,
    private readonly adapter: SocketsAdapter,
  ) {}

  run(connection: Connection, handler: Handler, { message, bytes }: ReceivedMessage): void {
    let stream: StreamReply | undefined;
    if (asksForStream(message)) {
      if (!this.admitsStream(connection, message)) return;
      stream = connection.streams.open(message);
    }
    const startedAt = this.traffic.startTiming();
    const { telemetry } = this.options;
    const handling = telemetry && handlingOf(telemetry, connection, handler, message);
    if (handling) stream?.add(() => handling.end());
    const run: Run = { connection, handler, message, bytes, startedAt, stream, handling };
    connection.intake.inbox.handlerStarted(bytes);
    this.invoke(run);
  }

  private invoke(run: Run): void {
    const { connection, handler, message, handling } = run;
    try {
      const client = this.adapter.clientFor(connection.client, handler.kind);
      const { data, request } = message;
      const result = handling?.run
        ? handling.run(() => handler.invoke(client, data, request))
        : handler.invoke(client, data, request);
      // Awaiting what is no promise would cost a turn of the microtask queue for each message.
      if (isPromise(result)) void this.replyLater(run, result);
      else this.reply(run, result);
    } catch (error) {
      this.fail(run, error);
    }
  }

  private async replyLater(run: Run, result: Promise<unknown>): Promise<void> {
    try {
      this.reply(run, await result);
    } catch (error) {
      this.fail(run, error);
    }
  }

  // A stream may stay open for hours, so it has a limit of its own, apart from handlers in flight.
  private admitsStream(connection: Connection, message: StreamRequest): boolean {
    if (connection.streams.has(message.id)) {
      connection.refuse('badFrame', CloseCode.BadFrame, 'bad frame: id of an open stream');
      return false;
    }
    if (connection.streams.size < this.options.limits.maxStreams) return true;
    connection.report('maxStreams', `error ${ErrorCode.TooManyStreams}`);
    const error = { code: ErrorCode.TooManyStreams, message: 'Too many open streams' };
    replyError(connection, message, error);
    return false;
  }

  private reply(run: Run, result: unknown): void {
    const { stream } = run;
    if (stream) return within(run.handling, () => this.replyWithAll(run, stream, result));
    if (isStream(result)) return within(run.handling, () => this.replyWithLast(run, result));
    if (run.connection.isSlow) return void this.replyWhenReady(run, result);
    this.send(run, result);
    this.end(run);
  }

  /** A reply that would only wait in the socket waits here, where the handler counts as in flight. */
  private async replyWhenReady(run: Run, result: unknown): Promise<void> {
    while (run.connection.isSlow) await run.connection.whenReady();
    try {
      this.send(run, result);
      this.end(run);
    } catch (error) {
      this.fail(run, error);
    }
  }

  private replyWithAll(run: Run, stream: StreamReply, result: unknown): void {
    const { connection, message } = run;
    if (!stream.closed) {
      const { credit } = stream;
      if (credit) connection.reply(formatCredit(message.request, message.id!, credit.left));
      this.follow(run, stream, result, {
        next: (value) => this.send(run, value),
        complete: () => connection.reply(formatStreamEnd(message.request, message.id!)),
      });
    }
    this.end(run);
  }

  private replyWithLast(run: Run, result: unknown): void {
    let last: unknown;
    const reply = run.connection.streams.openOther();
    reply.add(() => this.end(run));
    this.follow(run, reply, result, {
      next: (value) => (last = value),
      complete: () => this.send(run, last),
    });
  }

  /** Nothing that a source does may escape into rxjs, which would throw it at the process. */
  private follow(
    run: Run,
    reply: Subscription,
    result: unknown,
    { next, complete }: Pick<Observer<unknown>, 'next' | 'complete'>,
  ): void {
    const attempt = (action: () => void) => {
      try {
        if (!reply.closed) action();
      } catch (error) {
        this.replyError(run, error);
        reply.unsubscribe();
      }
    };
    // What only looks like an Observable may throw right here.
    attempt(() => {
      const subscription = this.valuesFor(run, result).subscribe({
        next: (value) => attempt(() => next(value)),
        complete: () => attempt(complete),
        error: (error: unknown) => this.replyError(run, error),
      });
      reply.add(() => this.leave(run, subscription));
      subscription.add(() => reply.unsubscribe());
    });
  }

  /** As fast as the peer takes them. */
  private valuesFor({ connection, stream }: Run, result: unknown): Observable<unknown> {
    const credit = stream?.credit;
    if (!credit) return valuesOf(result, () => connection.whenReady());
    const ready = async () => {
      await credit.whenThere();
      await connection.whenReady();
    };
    return paced(valuesOf(result, ready), credit, {
      maxBacklog: this.options.limits.maxStreamBacklog,
      onOverflow: () => connection.report('maxStreamBacklog', `error ${ErrorCode.StreamOverflow}`),
    });
  }

  private leave(run: Run, source: Subscription): void {
    try {
      source.unsubscribe();
    } catch (error) {
      this.note(run, error);
    }
  }

  private send(run: Run, value: unknown): void {
    const { connection, handler } = run;
    const reply = connection.isOpen ? replyOf(run, value) : undefined;
    if (reply === undefined) return;
    handler.replySize.add(reply.length);
    connection.reply(reply);
  }

  private fail(run: Run, error: unknown): void {
    this.replyError(run, error);
    run.stream?.unsubscribe();
    this.end(run);
  }

  private replyError(run: Run, error: unknown): void {
    const { connection, message, stream } = run;
    const body = this.note(run, error);
    // Who cancelled a stream hears no more of it.
    if (stream?.closed) return;
    try {
      replyError(connection, message, body);
    } catch (detailsAreNotJson) {
      this.note(run, detailsAreNotJson);
      replyError(connection, message, INTERNAL_ERROR);
    }
  }

  private note({ connection, handler, handling }: Run, error: unknown) {
    const source = { label: handler.label, client: connection.client.id };
    const body = this.failures.note(error, source);
    handling?.fail(errorTypeOf(body.code));
    return body;
  }

  private end({ connection, bytes, startedAt, stream, handling }: Run): void {
    this.traffic.stopTiming(startedAt);
    handling?.done();
    if (!stream) handling?.end();
    connection.intake.inbox.handlerEnded(bytes);
    connection.intake.update();
  }
}

function asksForStream(message: WireMessage): message is StreamRequest {
  return message.stream === true && message.id !== undefined;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}
