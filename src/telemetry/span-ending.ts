import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { ErrorCode } from '../protocol/error-body.js';
import { isSocketsError, RemoteError } from '../protocol/sockets.errors.js';

/** What the semantic conventions call an error that is none of those which are known. */
export const OTHER = '_OTHER';

const KNOWN_CODES: readonly string[] = Object.values(ErrorCode);

/** Ends a span of what has failed. Its message stays here: it may hold what peers say. */
export function failSpan(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** From a bounded set: the code of another side is that of a peer. */
export function errorTypeOf(error: unknown): string {
  if (error instanceof RemoteError) return KNOWN_CODES.includes(error.code) ? error.code : OTHER;
  if (isSocketsError(error)) return error.code;
  return error instanceof Error ? error.constructor.name : OTHER;
}

/** Ends the span when what was begun in it has settled, and returns what stands for that. */
export function endWith<T>(span: Span, result: T): T {
  if (isIterator(result)) return new TracedIterator(span, result) as T;
  if (isPromise(result)) watch(span, result);
  else span.end();
  return result;
}

function watch(span: Span, result: PromiseLike<unknown>): void {
  result.then(
    () => span.end(),
    (error: unknown) => failSpan(span, errorTypeOf(error)),
  );
}

/** The values of a stream, whose span lasts until there are no more. */
class TracedIterator implements AsyncIterableIterator<unknown> {
  private isOver = false;

  constructor(
    private readonly span: Span,
    private readonly values: AsyncIterableIterator<unknown>,
  ) {}

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const result = await this.values.next();
      if (result.done) this.end();
      return result;
    } catch (error) {
      this.end(errorTypeOf(error));
      throw error;
    }
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.end();
    return (await this.values.return?.(value)) ?? { done: true, value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private end(errorType?: string): void {
    if (this.isOver) return;
    this.isOver = true;
    if (errorType === undefined) this.span.end();
    else failSpan(this.span, errorType);
  }
}

function isIterator(value: unknown): value is AsyncIterableIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
