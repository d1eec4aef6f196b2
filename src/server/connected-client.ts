import { formatMessage, assertRequestName } from '../protocol/message.js';
import type { RequestOptions } from '../protocol/pending-replies.js';
import type {
  AnyContract,
  PushData,
  PushName,
  PushResponse,
  SocketContract,
  UncheckedName,
  WithData,
} from '../contract/socket-contract.js';
import { SocketsError } from '../sockets.errors.js';

/** What the application knows about a client. Set it in the `auth` handler. */
export type ClientMeta = Record<string, unknown>;

/** A push: an original client reads one or the other field, ours both. */
export interface OutgoingMessage {
  request: string;
  /** Travels in the field that the option `pushField` names. */
  data?: unknown;
  /** Travels in `response`, whatever `pushField` says. */
  response?: unknown;
}

/** The connection behind a client, as far as the client needs it. */
export interface ClientLink {
  readonly isAuthenticated: boolean;
  readonly pushField: 'data' | 'response';
  push(text: string): boolean;
  ask(request: string, data: unknown, options: RequestOptions): Promise<unknown>;
  whenReady(): Promise<void>;
  close(code?: number, reason?: string): void;
}

/** A peer of the server. Handlers get it as their second argument. */
export class ConnectedClient<C extends SocketContract = AnyContract> {
  /** What the application knows about the client; empty until the `auth` handler sets it. */
  meta: ClientMeta = {};
  /** How many pushes were lost because the client did not read (policy `drop`). */
  dropped = 0;

  constructor(
    /** Counts up from 1 as connections come, and is never given twice by one process. */
    readonly id: number,
    /** The address of the TCP connection: behind a proxy, the proxy's. */
    readonly ip: string,
    private readonly link: ClientLink,
  ) {}

  /** Whether the `auth` handler accepted it. Set by the framework alone. */
  get authenticated(): boolean {
    return this.link.isAuthenticated;
  }

  /**
   * Sends a push (PROTOCOL.md R5.10), sealed; before authentication under the global key.
   * @returns false when it was not sent: the connection is gone, or the push was dropped
   * @throws SocketsError `INVALID_MESSAGE` for an invalid name or what is not JSON
   */
  send(message: OutgoingMessage): boolean {
    const inResponse = 'response' in message;
    const field = inResponse ? 'response' : this.link.pushField;
    const payload = inResponse ? message.response : message.data;
    return this.link.push(formatPush(message.request, field, payload));
  }

  /**
   * Asks the client and resolves with what its `client()` hook returns (PROTOCOL.md R5.12).
   * @throws RemoteError when the client answers with an error; RequestTimeoutError (default
   * 30,000 ms); RequestAbortedError; SocketsError `CONNECTION_LOST`
   */
  request<N extends PushName<C>>(
    name: N,
    ...rest: WithData<PushData<C, N>, [options?: RequestOptions]>
  ): Promise<PushResponse<C, N>>;
  request<T>(name: UncheckedName<C>, data?: unknown, options?: RequestOptions): Promise<T>;
  async request(name: string, data?: unknown, options: RequestOptions = {}): Promise<unknown> {
    return this.link.ask(name, data, options);
  }

  /**
   * Resolves when more may be sent: at once, unless the client reads too slowly. Await it between the
   * pushes of a long series.
   */
  whenReady(): Promise<void> {
    return this.link.whenReady();
  }

  /**
   * Sends what waits, then closes.
   * @param code Default 1000, or 4401 (unauthorized) before authentication
   * @param reason At most 123 bytes, for people
   */
  close(code?: number, reason?: string): void {
    this.link.close(code, reason);
  }
}

/**
 * The text of a push.
 * @throws SocketsError `INVALID_MESSAGE`
 */
export function formatPush(request: string, field: 'data' | 'response', payload: unknown): string {
  assertRequestName(request);
  try {
    return formatMessage(request, undefined, field, payload);
  } catch (cause) {
    throw new SocketsError(
      'INVALID_MESSAGE',
      `The data of "${request}" is not JSON: it holds a cycle or a BigInt. Send plain data.`,
      { cause },
    );
  }
}
