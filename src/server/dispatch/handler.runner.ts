import { Inject, Injectable } from '@nestjs/common';
import type { Observable, Observer, Subscription } from 'rxjs';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import { isWsResponse } from '../gateways/ws-response.js';
import type { Handler } from '../../handlers/handler.router.js';
import { isStream, valuesOf } from '../../handlers/values-of.js';
import { CloseCode } from '../../protocol/close-code.js';
import { ErrorCode, INTERNAL_ERROR } from '../../protocol/error-body.js';
import { assertRequestName } from '../../protocol/message-name.js';
import {
  formatCredit,
  formatMessage,
  formatReply,
  formatStreamEnd,
  type MessageId,
  type WireMessage,
} from '../../protocol/message.js';
import type { SentMessage } from '../../protocol/sent-message.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { Connection } from '../connection/connection.js';
import type { StreamReply } from '../connection/stream-replies.js';
import { replyError } from '../connection/error-reply.js';
import { Push } from '../connection/push.js';
import { FailureLog } from '../operations/failure-log.js';
import type { ReceivedMessage } from '../flow/inbox.js';
import { Traffic } from '../operations/traffic.js';
import { paced } from './paced-values.js';

/** One request that a handler works on. */
interface Run {
  readonly connection: Connection;
  readonly handler: Handler;
  readonly message: WireMessage;
  readonly bytes: number;
  readonly startedAt: number;
  /** Open as long as the peer wants the values that it asked for. */
  readonly stream: StreamReply | undefined;
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
    const run: Run = { connection, handler, message, bytes, startedAt, stream };
    connection.intake.inbox.handlerStarted(bytes);
    this.invoke(run);
  }

  private invoke(run: Run): void {
    const { connection, handler, message } = run;
    try {
      const client = this.adapter.clientFor(connection.client, handler.kind);
      const result = handler.invoke(client, message.data, message.request);
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
    if (run.stream) return this.replyWithAll(run, run.stream, result);
    if (isStream(result)) return this.replyWithLast(run, result);
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
    const reply = connection.isOpen ? messageOf(run, value) : undefined;
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

  private note({ connection, handler }: Run, error: unknown) {
    return this.failures.note(error, { label: handler.label, client: connection.client.id });
  }

  private end({ connection, bytes, startedAt }: Run): void {
    this.traffic.stopTiming(startedAt);
    connection.intake.inbox.handlerEnded(bytes);
    connection.intake.update();
  }
}

/** A value of the reply. A gateway may have given it the name of another event. */
function messageOf({ handler, message, stream }: Run, value: unknown): SentMessage | undefined {
  const { request, id } = message;
  const field = stream ? 'item' : 'response';
  if (handler.kind === 'gateway' && isWsResponse(value)) {
    const { event, data } = value;
    if (id === undefined) return Push.of(event, data).in('response');
    return formatMessage(assertRequestName(event), id, field, data);
  }
  return stream ? formatMessage(request, id, field, value) : formatReply(message, value);
}

function asksForStream(message: WireMessage): message is StreamRequest {
  return message.stream === true && message.id !== undefined;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}
