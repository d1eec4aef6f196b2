import { onAbort } from './abort-listeners.js';
import { RequestAbortedError, RequestTimeoutError } from './sockets.errors.js';
import type { MessageId } from './message.js';
import { assertSignal, assertTimeout, type RequestOptions } from './request-options.js';

export const DEFAULT_REQUEST_TIMEOUT = 30_000;

interface Pending {
  request: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout> | undefined;
  stopListening: (() => void) | undefined;
}

/** The open requests of one side of one connection, by id. */
export class PendingReplies {
  private readonly open = new Map<MessageId, Pending>();
  private lastId = 0;

  get size(): number {
    return this.open.size;
  }

  /** An id that no request of this side has had. */
  takeId(): number {
    return ++this.lastId;
  }

  /**
   * Starts to wait for a reply. `send` gets the id; when it throws, nothing waits.
   * @throws SocketsError `INVALID_OPTION`; RequestTimeoutError, RequestAbortedError, or what
   * `rejectAll` is given
   */
  async wait<T>(request: string, options: RequestOptions, send: (id: number) => void): Promise<T> {
    const { timeout = DEFAULT_REQUEST_TIMEOUT, signal } = options;
    assertTimeout(timeout);
    assertSignal(signal);
    if (signal?.aborted) throw new RequestAbortedError(request, signal.reason);
    const id = this.takeId();
    return new Promise<T>((resolve, reject) => {
      send(id);
      this.open.set(id, {
        request,
        resolve: resolve,
        reject,
        timer: this.startTimer(id, request, timeout),
        stopListening: signal && this.listen(id, request, signal),
      });
    });
  }

  /** Resolves the request of that id. Returns false when none waits. */
  resolve(id: MessageId, value: unknown): boolean {
    const pending = this.take(id);
    pending?.resolve(value);
    return pending !== undefined;
  }

  /** Rejects the request of that id. Returns false when none waits. */
  reject(id: MessageId, error: Error): boolean {
    const pending = this.take(id);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** The oldest open request of that name, for peers that do not echo ids: PROTOCOL.md R5.6. */
  oldestOf(request: string): MessageId | undefined {
    for (const [id, pending] of this.open) if (pending.request === request) return id;
    return undefined;
  }

  /** Rejects everything that waits, since no reply can come any more. */
  rejectAll(error: (request: string) => Error): void {
    for (const [id, { request }] of this.open) this.reject(id, error(request));
  }

  private take(id: MessageId): Pending | undefined {
    const pending = this.open.get(id);
    if (!pending) return undefined;
    this.open.delete(id);
    clearTimeout(pending.timer);
    pending.stopListening?.();
    return pending;
  }

  private startTimer(id: number, request: string, timeout: number): Pending['timer'] {
    if (timeout === Infinity) return undefined;
    return setTimeout(() => this.reject(id, new RequestTimeoutError(request, timeout)), timeout);
  }

  private listen(id: number, request: string, signal: AbortSignal): () => void {
    return onAbort(signal, () => this.reject(id, new RequestAbortedError(request, signal.reason)));
  }
}
