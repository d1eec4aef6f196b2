import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { Observable, concatMap, isObservable, lastValueFrom, of } from 'rxjs';

const VALUES_PER_TURN = 16;

type Ready = () => Promise<void>;

/** Whether a handler's result is many values over time, instead of one. */
export function isStream(result: unknown): result is Observable<unknown> | AsyncIterable<unknown> {
  return isObservable(result) || isAsyncIterable(result);
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * The values of a handler's result, whatever kind it is. An async iterable is asked for its next
 * value only when `ready` resolves; unsubscribing ends it.
 */
export function valuesOf(result: unknown, ready: Ready): Observable<unknown> {
  if (isAsyncIterable(result)) return fromIterable(result, ready);
  if (!isObservable(result)) return of(result);
  // An interceptor may answer with an async iterable of its own.
  return result.pipe(
    concatMap((value) => (isAsyncIterable(value) ? fromIterable(value, ready) : of(value))),
  );
}

/** The last value of a handler's result, or null when a stream had none. */
export async function lastOf(result: unknown, ready: Ready): Promise<unknown> {
  if (!isStream(result)) return result;
  return lastValueFrom(valuesOf(result, ready), { defaultValue: null });
}

// Unlike rxjs's own from(), which asks for values as fast as they come, and after unsubscribe for one
// more: the receiver sets the pace, and unsubscribing ends the iterable at once.
function fromIterable(iterable: AsyncIterable<unknown>, ready: Ready): Observable<unknown> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    let isAtEnd = false;
    const pump = async () => {
      for (let count = 1; ; count++) {
        await ready();
        // Promises alone never let the event loop turn, so a source that has everything at hand would
        // keep everybody else from being served.
        if (count % VALUES_PER_TURN === 0) await turnOfTheEventLoop();
        if (subscriber.closed) return;
        const { done, value } = await iterator.next();
        isAtEnd = done === true;
        if (isAtEnd) return subscriber.complete();
        subscriber.next(value);
      }
    };
    pump().catch((error: unknown) => {
      isAtEnd = true;
      subscriber.error(error);
    });
    return () => {
      if (!isAtEnd) void leave(iterator);
    };
  });
}

async function leave(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // What the source throws while it is told to end interests nobody any more.
  }
}
