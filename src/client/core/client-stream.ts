import { SocketsError } from '../../protocol/sockets.errors.js';

interface Consumer {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: Error) => void;
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The values of one stream reply, between the connection that brings them and their consumer. */
export class ClientStream implements AsyncIterableIterator<unknown> {
  /** Called for each value that the consumer takes, as long as more may come. */
  onTaken: (() => void) | undefined;
  /** Called once when the stream has ended, however it did. */
  onEnd: (() => void) | undefined;
  private readonly backlog: unknown[] = [];
  private readonly consumers: Consumer[] = [];
  private ending: { error?: Error } | undefined;

  constructor(
    private readonly request: string,
    private readonly maxBacklog: number,
    /** Called once if the consumer leaves before the end. */
    private readonly cancel: () => void,
  ) {}

  push(value: unknown): void {
    if (this.ending) return;
    const consumer = this.consumers.shift();
    if (consumer) {
      consumer.resolve({ done: false, value });
      return this.taken();
    }
    if (this.backlog.length < this.maxBacklog) return void this.backlog.push(value);
    this.cancel();
    this.end(overflow(this.request, this.maxBacklog));
  }

  end(error?: Error): void {
    if (this.ending) return;
    this.ending = error ? { error } : {};
    this.onEnd?.();
    for (const consumer of this.consumers.splice(0)) this.settle(consumer);
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.backlog.length > 0) {
      const value = this.backlog.shift();
      this.taken();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const consumer = { resolve, reject };
      if (this.ending) this.settle(consumer);
      else this.consumers.push(consumer);
    });
  }

  return(): Promise<IteratorResult<unknown>> {
    if (!this.ending) this.cancel();
    this.end();
    this.backlog.length = 0;
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private taken(): void {
    if (!this.ending) this.onTaken?.();
  }

  /** An error is told once; after it the stream is at its end. */
  private settle(consumer: Consumer): void {
    const { error } = this.ending ?? {};
    this.ending = {};
    if (error) consumer.reject(error);
    else consumer.resolve(END);
  }
}

function overflow(request: string, maxBacklog: number): SocketsError {
  return new SocketsError(
    'STREAM_OVERFLOW',
    `More than ${maxBacklog} values of the stream "${request}" wait for their consumer. Consume faster, have the server send less, or raise "maxStreamBacklog".`,
  );
}
