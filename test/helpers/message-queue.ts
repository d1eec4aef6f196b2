import { DEFAULT_DEADLINE, withDeadline } from './with-deadline.js';

interface Waiter<T> {
  readonly what: string;
  matches(message: T): boolean;
  resolve(message: T): void;
  reject(error: Error): void;
}

/**
 * Messages in order of arrival, each handed out once: to the longest-waiting taker that wants it,
 * or kept until somebody does.
 */
export class MessageQueue<T> {
  readonly #unread: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  #endError: ((what: string) => Error) | undefined;

  /** What has arrived and nobody has taken. */
  get unread(): readonly T[] {
    return this.#unread;
  }

  push(message: T): void {
    for (const waiter of this.#waiters) {
      if (!waiter.matches(message)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(message);
      return;
    }
    this.#unread.push(message);
  }

  /** No more will come: rejects every waiter, present and future. The first end counts. */
  end(errorFor: (what: string) => Error): void {
    if (this.#endError) return;
    this.#endError = errorFor;
    for (const waiter of this.#waiters) waiter.reject(errorFor(waiter.what));
    this.#waiters.clear();
  }

  next(what = 'the next message', deadline = DEFAULT_DEADLINE): Promise<T> {
    return this.nextMatching(() => true, what, deadline);
  }

  /** The first message, already here or still to come, that matches. The others stay for others. */
  async nextMatching(
    matches: (message: T) => boolean,
    what = 'a message that matches',
    deadline = DEFAULT_DEADLINE,
  ): Promise<T> {
    const index = this.#unread.findIndex(matches);
    const [message] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (message !== undefined) return message;
    if (this.#endError) throw this.#endError(what);
    return this.#wait(matches, what, deadline);
  }

  async #wait(matches: (message: T) => boolean, what: string, deadline: number): Promise<T> {
    const { promise, ...settle } = deferred<T>();
    const waiter = { what, matches, ...settle };
    this.#waiters.add(waiter);
    try {
      return await withDeadline(promise, deadline, what);
    } finally {
      this.#waiters.delete(waiter);
    }
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
