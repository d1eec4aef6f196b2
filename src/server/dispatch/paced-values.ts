import { WsException } from '@nestjs/websockets';
import { Observable, takeWhile, type Subscriber } from 'rxjs';
import { ErrorCode } from '../../protocol/error-body.js';
import type { StreamCredit } from '../connection/stream-credit.js';

/**
 * The values of a stream, no more of them than its peer has given credit for: PROTOCOL.md R5.13. An
 * Observable cannot be told to wait, so what it emits meanwhile waits here, up to a limit; past it the
 * stream fails with STREAM_OVERFLOW.
 */
export function paced(
  values: Observable<unknown>,
  credit: StreamCredit,
  { maxBacklog, onOverflow }: { maxBacklog: number; onOverflow: () => void },
): Observable<unknown> {
  return new Observable((subscriber) => {
    const backlog = new Backlog(subscriber, credit, maxBacklog);
    // Without takeWhile a source that emits everything at once would not notice that it is over.
    return values.pipe(takeWhile(() => !subscriber.closed)).subscribe({
      next: (value) => {
        if (!backlog.add(value)) {
          onOverflow();
          subscriber.error(overflow(maxBacklog));
        }
      },
      error: (error: unknown) => backlog.end(() => subscriber.error(error)),
      complete: () => backlog.end(() => subscriber.complete()),
    });
  });
}

/** What a source has emitted and its peer does not want yet. */
class Backlog {
  private readonly waiting: unknown[] = [];
  private ending: (() => void) | undefined;

  constructor(
    private readonly subscriber: Subscriber<unknown>,
    private readonly credit: StreamCredit,
    private readonly limit: number,
  ) {
    credit.onGranted = () => this.goOn();
    subscriber.add(() => (this.waiting.length = 0));
  }

  /** Returns false when there is no room. */
  add(value: unknown): boolean {
    if (this.waiting.length === 0 && this.credit.take()) this.subscriber.next(value);
    else if (this.waiting.length < this.limit) this.waiting.push(value);
    else return false;
    return true;
  }

  /** Ends the stream as soon as nothing waits any more. */
  end(ending: () => void): void {
    this.ending = ending;
    this.goOn();
  }

  private goOn(): void {
    while (this.waiting.length > 0 && this.credit.take()) {
      this.subscriber.next(this.waiting.shift());
    }
    if (this.waiting.length === 0) this.ending?.();
  }
}

function overflow(limit: number): WsException {
  return new WsException({
    code: ErrorCode.StreamOverflow,
    message: `More than ${limit} values wait until the client takes them`,
  });
}
