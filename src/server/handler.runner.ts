import { Inject, Injectable } from '@nestjs/common';
import { finalize } from 'rxjs';
import type { Handler } from '../handlers/handler.router.js';
import { isStream, valuesOf } from '../handlers/values-of.js';
import { CloseCode } from '../protocol/close-code.js';
import { ErrorCode } from '../protocol/error-body.js';
import { formatMessage, formatStreamEnd, type WireMessage } from '../protocol/message.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import type { Connection } from './connection.js';
import { FailureLog } from './failure-log.js';
import type { ReplySink } from './stream-replies.js';
import { Traffic } from './traffic.js';

/** One request that a handler works on. */
interface Run {
  readonly connection: Connection;
  readonly handler: Handler;
  readonly message: WireMessage;
  /** Called once, when the handler no longer counts as in flight. */
  readonly onEnd: () => void;
  readonly startedAt: number;
}

/** Runs a handler and sends what comes of it: a reply, an error, or a stream. */
@Injectable()
export class HandlerRunner {
  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly traffic: Traffic,
    private readonly failures: FailureLog,
  ) {}

  run(connection: Connection, handler: Handler, message: WireMessage, onEnd: () => void): void {
    const run: Run = { connection, handler, message, onEnd, startedAt: this.traffic.startTiming() };
    connection.handlersInFlight++;
    connection.updateReading();
    try {
      const result = handler.invoke(
        connection.clientFor(handler.kind),
        message.data,
        message.request,
      );
      // Awaiting what is no promise would cost a turn of the microtask queue for each message.
      if (isPromise(result)) {
        result
          .then((value) => this.reply(run, value))
          .catch((error: unknown) => this.fail(run, error));
      } else this.reply(run, result);
    } catch (error) {
      this.fail(run, error);
    }
  }

  private reply(run: Run, result: unknown): void {
    const { connection, message } = run;
    if (isStream(result) || message.stream === true) return this.replyWithValues(run, result);
    connection.replyTo(message, result);
    this.end(run);
  }

  private fail(run: Run, error: unknown): void {
    this.replyError(run, error);
    this.end(run);
  }

  private end({ connection, startedAt, onEnd }: Run): void {
    this.traffic.stopTiming(startedAt);
    connection.handlerEnded();
    onEnd();
  }

  private replyError({ connection, handler, message }: Run, error: unknown): void {
    const body = this.failures.note(error, { label: handler.label, client: connection.client.id });
    connection.reply(formatMessage(message.request, message.id, 'error', body));
  }

  private replyWithValues(run: Run, result: unknown): void {
    const { connection, message } = run;
    const { id } = message;
    const values = valuesOf(result, () => connection.slowConsumer.whenReady());
    if (message.stream !== true || id === undefined) {
      const untilEnd = values.pipe(finalize(() => this.end(run)));
      return connection.streams.start(id, untilEnd, this.lastValue(run));
    }
    // A stream may stay open for hours, so it has a limit of its own, apart from handlers in flight.
    if (this.admitsStream(run, id)) connection.streams.start(id, values, this.allValues(run, id));
    this.end(run);
  }

  private admitsStream({ connection, message }: Run, id: string | number): boolean {
    if (!connection.isOpen) return false;
    if (connection.streams.has(id)) {
      connection.refuse('badFrame', CloseCode.BadFrame, 'bad frame: id of an open stream');
      return false;
    }
    if (connection.streams.size < this.options.limits.maxStreams) return true;
    const error = { code: ErrorCode.TooManyStreams, message: 'Too many open streams' };
    connection.reply(formatMessage(message.request, id, 'error', error));
    return false;
  }

  private lastValue(run: Run): ReplySink {
    let last: unknown;
    return {
      next: (value) => (last = value),
      complete: () => this.orError(run, () => run.connection.replyTo(run.message, last)),
      error: (error) => this.replyError(run, error),
    };
  }

  private allValues(run: Run, id: string | number): ReplySink {
    const { connection, message } = run;
    return {
      next: (value) => connection.reply(formatMessage(message.request, id, 'item', value)),
      complete: () => connection.reply(formatStreamEnd(message.request, id)),
      error: (error) => this.replyError(run, error),
    };
  }

  /** A value that is not JSON must not escape into rxjs, which would throw it at the process. */
  private orError(run: Run, reply: () => void): void {
    try {
      reply();
    } catch (error) {
      this.replyError(run, error);
    }
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}
