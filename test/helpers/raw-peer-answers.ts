import type { WireMode } from './raw-connection.js';
import type { MessageId, WireError, WireMessage } from './raw-message.js';

/** Thrown by a request handler, it becomes the `error` of the reply. */
export class ReplyError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

/** Runs a handler for a request and says when to send what. */
export class PeerAnswers {
  readonly #streams = new Map<MessageId, AsyncIterator<unknown>>();

  constructor(
    private readonly mode: WireMode,
    private readonly send: (message: object) => void,
    private readonly handlerFailed: (error: unknown) => void,
  ) {}

  async answer(message: WireMessage, handle: () => unknown): Promise<void> {
    try {
      const result: unknown = await handle();
      if (this.#wantsStream(message)) await this.#sendStream(message, message.id, result);
      else this.#sendResponse(message, isStream(result) ? await lastOf(result) : result);
    } catch (error) {
      this.#sendError(message, error);
    }
  }

  /** R5.7: nothing more is sent and the source is stopped. Unknown ids are ignored. */
  cancel(id: MessageId): void {
    const source = this.#streams.get(id);
    this.#streams.delete(id);
    void source?.return?.();
  }

  cancelAll(): void {
    for (const id of this.#streams.keys()) this.cancel(id);
  }

  #wantsStream(message: WireMessage): message is WireMessage & { id: MessageId } {
    return this.mode === 'ours' && message.stream === true && message.id !== undefined;
  }

  /** R5.5. */
  #sendResponse(message: WireMessage, response: unknown): void {
    const answersAnyway = this.mode === 'ours' && message.id !== undefined;
    if (response !== undefined && response !== null) this.#reply(message, { response });
    else if (answersAnyway) this.#reply(message, { response: null });
  }

  /** R5.11. */
  async #sendStream(message: WireMessage, id: MessageId, result: unknown): Promise<void> {
    const values = isStream(result) ? result : only(result);
    const source = values[Symbol.asyncIterator]();
    this.#streams.set(id, source);
    try {
      for (;;) {
        const { done, value } = await source.next();
        if (this.#streams.get(id) !== source) return;
        this.#reply(message, done ? { done: true } : { item: value ?? null });
        if (done) return;
      }
    } finally {
      if (this.#streams.get(id) === source) this.#streams.delete(id);
    }
  }

  #sendError(message: WireMessage, error: unknown): void {
    if (!(error instanceof ReplyError)) this.handlerFailed(error);
    if (this.mode === 'ours') this.#reply(message, { error: describeError(error) });
  }

  /** R5.6. */
  #reply(message: WireMessage, fields: object): void {
    const { request, id } = message;
    const echo = this.mode === 'ours' && id !== undefined ? { id } : {};
    this.send({ request, ...echo, ...fields });
  }
}

function describeError(error: unknown): WireError {
  if (!(error instanceof ReplyError)) return { code: 'INTERNAL', message: 'Internal error' };
  const { code, message, details } = error;
  return details === undefined ? { code, message } : { code, message, details };
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* only(value: unknown): AsyncGenerator {
  yield value;
}

async function lastOf(values: AsyncIterable<unknown>): Promise<unknown> {
  let last: unknown;
  for await (const value of values) last = value;
  return last;
}
