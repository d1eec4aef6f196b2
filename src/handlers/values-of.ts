import { Observable, concatMap, isObservable, of } from 'rxjs';

/** Whether a handler's result is many values over time, instead of one. */
export function isStream(result: unknown): result is Observable<unknown> | AsyncIterable<unknown> {
  return isObservable(result) || isAsyncIterable(result);
}

/**
 * The values of a handler's result, whatever kind it is. An async iterable is asked for its next
 * value only when `ready` resolves; unsubscribing ends it.
 */
export function valuesOf(result: unknown, ready: () => Promise<void>): Observable<unknown> {
  if (isAsyncIterable(result)) return fromIterable(result, ready);
  if (!isObservable(result)) return of(result);
  // An interceptor makes one value out of an async iterable, which is taken apart again here.
  return result.pipe(
    concatMap((value) => (isAsyncIterable(value) ? fromIterable(value, ready) : of(value))),
  );
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

// rxjs's own from() would go on asking after unsubscribe, until one more value came.
function fromIterable(
  iterable: AsyncIterable<unknown>,
  ready: () => Promise<void>,
): Observable<unknown> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    const pump = async () => {
      for (;;) {
        await ready();
        if (subscriber.closed) return;
        const { done, value } = await iterator.next();
        if (done) return subscriber.complete();
        subscriber.next(value);
      }
    };
    pump().catch((error: unknown) => subscriber.error(error));
    return () => {
      // What the source throws while it is told to end interests nobody any more.
      iterator.return?.().catch(() => undefined);
    };
  });
}
