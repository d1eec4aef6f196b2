import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, firstValueFrom, lastValueFrom, of, Subject, throwError, toArray } from 'rxjs';
import { isStream, valuesOf } from '../../../src/handlers/values-of.js';

const atOnce = () => Promise.resolve();

async function* count(to: number, onEnd: () => void = () => undefined): AsyncGenerator<number> {
  try {
    for (let value = 1; value <= to; value++) yield value;
  } finally {
    onEnd();
  }
}

function allOf(result: unknown): Promise<unknown[]> {
  return lastValueFrom(valuesOf(result, atOnce).pipe(toArray()));
}

describe('isStream', () => {
  it.each([of(1), EMPTY, new Subject(), count(1)])(
    'says yes to an Observable or async iterable',
    (value) => {
      expect(isStream(value)).toBe(true);
    },
  );

  it.each([undefined, null, 0, 'text', [1, 2], { subscribe: 1 }, new Set([1])])(
    'says no to %p, which is one value',
    (value) => {
      expect(isStream(value)).toBe(false);
    },
  );
});

describe('valuesOf', () => {
  it.each([
    ['one value', 7, [7]],
    ['an array, which is one value', [1, 2], [[1, 2]]],
    ['nothing, which is one value', undefined, [undefined]],
    ['an Observable', of(1, 2, 3), [1, 2, 3]],
    ['an empty Observable', EMPTY, []],
    ['an async iterable', count(3), [1, 2, 3]],
    ['an empty async iterable', count(0), []],
    ['an async iterable in an Observable', of(count(2)), [1, 2]],
  ])('gives the values of %s', async (_what, result, expected) => {
    expect(await allOf(result)).toEqual(expected);
  });

  it('passes on the error of an Observable and of an async iterable', async () => {
    await expect(allOf(throwError(() => new Error('source failed')))).rejects.toThrow(
      'source failed',
    );
    const broken = (async function* () {
      yield 1;
      throw new Error('iteration failed');
    })();
    await expect(allOf(broken)).rejects.toThrow('iteration failed');
  });

  it('ends an async iterable when nobody wants more', async () => {
    const onEnd = jest.fn();
    const values = valuesOf(count(1_000, onEnd), atOnce);
    expect(await firstValueFrom(values)).toBe(1);
    await atOnce();
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('ends an async iterable that never gives another value', () => {
    const onReturn = jest.fn(() => Promise.resolve({ done: true as const, value: undefined }));
    const silent = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<unknown>>(() => undefined),
        return: onReturn,
      }),
    };
    valuesOf(silent, atOnce).subscribe().unsubscribe();
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('does not hear of what the source throws while it is told to end', async () => {
    const failing = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: 1 }),
        return: () => Promise.reject(new Error('cannot end')),
      }),
    };
    expect(await firstValueFrom(valuesOf(failing, atOnce))).toBe(1);
  });

  it('asks an async iterable for the next value only when the receiver is ready', async () => {
    const asked: number[] = [];
    const source = (async function* () {
      for (let value = 1; ; value++) {
        asked.push(value);
        yield value;
      }
    })();
    const releases: (() => void)[] = [];
    const ready = () => new Promise<void>((resolve) => releases.push(resolve));
    const received = new Subject<unknown>();
    const subscription = valuesOf(source, ready).subscribe(received);
    expect(asked).toEqual([]);
    const first = firstValueFrom(received);
    releases.shift()!();
    expect(await first).toBe(1);
    expect(asked).toEqual([1]);
    subscription.unsubscribe();
  });

  it('lets others have their turn while it takes from a source that never waits', async () => {
    let wasHeard = false;
    setImmediate(() => (wasHeard = true));
    const endless = (async function* () {
      for (;;) {
        if (wasHeard) return;
        yield wasHeard;
      }
    })();
    expect(await lastValueFrom(valuesOf(endless, atOnce))).toBe(false);
    expect(wasHeard).toBe(true);
  });
});
