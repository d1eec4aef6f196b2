import { ErrorCode, INTERNAL_ERROR, type ErrorBody } from '../../protocol/error-body.js';
import {
  AUTH,
  assertRequestName,
  assertSendable,
  ofTheFramework,
} from '../../protocol/message-name.js';
import type { MessageId, WireMessage } from '../../protocol/message.js';
import type { ClientTelemetry, TracedOperation } from '../../contract/telemetry.js';
import type {
  AnyContract,
  HandlerData,
  HandlerName,
  HandlerResponse,
  PushData,
  PushName,
  SocketContract,
  UncheckedName,
  WithData,
} from '../../contract/socket-contract.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import { isSocketsError, type SocketsError } from '../../protocol/sockets.errors.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientEvents, SocketClientState } from './client.events.js';
import type { ClientPlatform } from './client-platform.js';
import { resolveClientOptions, type SocketClientOptions } from './client.options.js';
import { ConnectionKeeper } from './connection-keeper.js';
import { emitEvent } from './emit-event.js';
import { MessageHooks, type MessageHook } from './message-hooks.js';

/** A message without a reply to wait for. */
export interface ClientMessage<C extends SocketContract, N extends HandlerName<C>> {
  /** The handler's name. */
  request: N;
  /** What the handler gets. */
  data?: HandlerData<C, N>;
}

/** What may end a stream early. */
export interface StreamOptions {
  /** Cancels the stream on the server and rejects with `REQUEST_ABORTED`. */
  signal?: AbortSignal;
}

/** What a hook gets: the data of a push, or the reply to what was sent with `send()`. */
type HookPayload<C extends SocketContract, N> =
  N extends PushName<C> ? PushData<C, N> : N extends HandlerName<C> ? HandlerResponse<C, N> : never;

/** All of a client but where it runs: every member is there in Node and in browsers. */
export abstract class BaseSocketClient<C extends SocketContract = AnyContract> {
  /** What happens to the connection. An EventEmitter in Node; in browsers what `ClientEvents` says. */
  readonly events: ClientEvents;
  private readonly hooks = new MessageHooks<BaseSocketClient<C>>();
  private readonly keeper: ConnectionKeeper;
  private readonly telemetry: ClientTelemetry | undefined;

  protected constructor(options: SocketClientOptions, platform: ClientPlatform) {
    const resolved = resolveClientOptions(options, platform.warn, platform);
    this.events = platform.createEvents();
    this.telemetry = resolved.telemetry;
    this.keeper = new ConnectionKeeper(resolved, platform, this.events, {
      onAccepted: async (response) => void (await this.hooks.run(AUTH, response, this)),
      onMessage: (request, payload) => void this.runHooks(request, payload),
      onAsk: (connection, ask, id) => void this.answer(connection, ask, id),
      onErrorReply: (error) => void emitEvent(this.events, 'errorReply', error),
    });
    for (const [name, hook] of Object.entries(resolved.handlers)) this.addHook(name, hook);
  }

  /** What it is doing now. */
  get state(): SocketClientState {
    return this.keeper.state;
  }

  /**
   * Resolves once authenticated, and when the hooks of `auth`, which get the server's reply, are done.
   * One that throws ends the connection for good, and `connect()` rejects. Attempts that fail are repeated as the option `reconnect` says.
   * @throws SocketsError `AUTH_REJECTED` when the server refuses the key or a hook its reply, `CANNOT_CONNECT` when no
   * other attempt can do better, `RECONNECT_FAILED` after `maxAttempts`, `CLIENT_CLOSED`, and without
   * `reconnect` also `CONNECTION_LOST`. Until then, each event `reconnecting` says what it waits for.
   */
  connect(): Promise<void> {
    return this.keeper.connect();
  }

  /** Drops the connection, and connects anew without waiting. Rejects as `connect()` does. */
  reconnect(): Promise<void> {
    return this.keeper.reconnect();
  }

  /** Ends the connection for good; open requests reject. */
  close(): void {
    this.keeper.close();
  }

  /**
   * Sends a message. If its handler replies, the hooks of that name get the reply.
   * @throws SocketsError `NOT_CONNECTED`, `INVALID_MESSAGE`
   */
  send<N extends HandlerName<C>>({ request, data }: ClientMessage<C, N>): void {
    this.traced({ kind: 'send', name: assertOwn(request) }, (trace) =>
      this.keeper.connection.send({ request, data, trace }),
    );
  }

  /**
   * Sends a request and resolves with the handler's reply; `null` if it returned nothing.
   * @throws RemoteError with the server's code, message and details; RequestTimeoutError (default
   * 30,000 ms); RequestAbortedError; SocketsError `NOT_CONNECTED`, `CONNECTION_LOST`, and of
   * a server of the original `REPLY_UNCERTAIN`, after a request of that name was given up
   */
  request<N extends HandlerName<C>>(
    name: N,
    ...rest: WithData<HandlerData<C, N>, [options?: RequestOptions]>
  ): Promise<HandlerResponse<C, N>>;
  request<T>(name: UncheckedName<C>, data?: unknown, options?: RequestOptions): Promise<T>;
  async request(name: string, data?: unknown, options: RequestOptions = {}): Promise<unknown> {
    return this.traced({ kind: 'request', name: assertOwn(name) }, (trace) =>
      this.keeper.connection.request({ request: name, data, trace }, options),
    );
  }

  /**
   * Asks for every value of a handler that returns many (PROTOCOL.md, 5.1). Leaving the loop, or the
   * signal, cancels the stream on the server. Sent at once, whether or not anybody iterates.
   * @throws when iterated: RemoteError, RequestAbortedError, SocketsError `CONNECTION_LOST`,
   * `STREAM_OVERFLOW`; at once: `NOT_CONNECTED`, `UNSUPPORTED_BY_PEER`
   */
  stream<N extends HandlerName<C>>(
    name: N,
    ...rest: WithData<HandlerData<C, N>, [options?: StreamOptions]>
  ): AsyncIterableIterator<HandlerResponse<C, N>>;
  stream<T>(
    name: UncheckedName<C>,
    data?: unknown,
    options?: StreamOptions,
  ): AsyncIterableIterator<T>;
  stream(
    name: string,
    data?: unknown,
    { signal }: StreamOptions = {},
  ): AsyncIterableIterator<unknown> {
    return this.traced({ kind: 'stream', name: assertOwn(name) }, (trace) =>
      this.keeper.connection.stream({ request: name, data, trace }, signal),
    );
  }

  /**
   * Adds a hook for pushes of that name, and for replies to what was sent with `send()`. When the
   * server asks (`server.request`), what the hook returns is the answer.
   * @returns a function that takes the hook away again
   */
  on<N extends PushName<C> | HandlerName<C>>(
    name: N,
    hook: (payload: HookPayload<C, N>, socket: this) => unknown,
  ): () => void;
  on(name: UncheckedName<C>, hook: MessageHook): () => void;
  on(name: string, hook: MessageHook): () => void {
    return this.addHook(name, hook);
  }

  private traced<T>(operation: TracedOperation, action: (trace?: string) => T): T {
    const tracing = this.telemetry?.tracing;
    return tracing ? tracing.around(operation, action) : action();
  }

  private addHook(name: string, hook: MessageHook): () => void {
    return this.hooks.add(assertRequestName(name), hook);
  }

  private async runHooks(request: string, payload: unknown): Promise<void> {
    try {
      await this.hooks.run(request, payload, this);
    } catch (error) {
      this.reportFailure(request, error);
    }
  }

  private async answer(
    connection: ClientConnection,
    { request, data, trace }: WireMessage,
    id: MessageId,
  ): Promise<void> {
    const reply = (field: 'response' | 'error', payload: unknown) =>
      connection.answer(request, id, field, payload);
    if (!this.hooks.has(request)) return reply('error', noHook(request));
    try {
      const run = () => this.hooks.run(request, data, this);
      const answer = await this.traced({ kind: 'answer', name: request, trace }, run);
      reply('response', answer ?? null);
    } catch (error) {
      if (isMeantForOthers(error)) return reply('error', toBody(error));
      reply('error', INTERNAL_ERROR);
      this.reportFailure(request, error);
    }
  }

  private reportFailure(request: string, error: unknown): void {
    const isHeard = emitEvent(this.events, 'hookFailed', { request, error });
    if (!isHeard) void Promise.reject(error);
  }
}

/** The name of a message that the client does not send by itself. */
function assertOwn<Name extends string>(name: Name): Name {
  if (name === AUTH) throw ofTheFramework(name);
  return assertSendable(name);
}

/** Not what the hook itself did wrong, such as to answer with what cannot be sent. */
function isMeantForOthers(error: unknown): error is SocketsError {
  return isSocketsError(error) && error.code !== 'INVALID_MESSAGE';
}

function noHook(request: string): ErrorBody {
  return { code: ErrorCode.UnknownHandler, message: `No hook named ${request}` };
}

function toBody({ code, message }: SocketsError): ErrorBody {
  return { code, message };
}
