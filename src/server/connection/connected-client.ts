import { assertClose, CloseCode } from '../../protocol/close-code.js';
import { formatExpiry } from '../../protocol/message.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import type {
  AskName,
  AnyContract,
  PushData,
  PushResponse,
  SocketContract,
  UncheckedName,
  WithData,
} from '../../contract/socket-contract.js';
import type { ClientRooms, JoinOptions } from './client-rooms.js';
import { Expiry, expiryOf } from './expiry.js';
import { Push, type PushField } from './push.js';
import type { SentMessage } from '../../protocol/sent-message.js';

/** What the application knows about a client. Set it in the `auth` handler. */
export type ClientMeta = Record<string, unknown>;

/** A push: an original client reads `response` only, ours both. */
export interface OutgoingMessage {
  /** The name of the push. */
  request: string;
  /** Travels in the field that the option `pushField` says. */
  data?: unknown;
  /** Travels in `response`, whatever `pushField` says. */
  response?: unknown;
}

/** How a client and the server came to trust each other. */
export interface SocketSession {
  /** Of the wire: PROTOCOL.md, or PROTOCOL-V2.md. */
  readonly version: 1 | 2;
  /** The id of the shared key that the client has; version 2 only. */
  readonly keyId: string | undefined;
  /** The public key of the device, base64url; proven, and there in pattern IK of version 2 only. */
  readonly publicKey: string | undefined;
}

/** The connection behind a client, as far as the client needs it. */
export interface ClientLink {
  readonly isAuthenticated: boolean;
  readonly pushField: PushField;
  readonly session: SocketSession;
  readonly knowsIds: boolean;
  push(message: SentMessage): boolean;
  ask(request: string, data: unknown, options: RequestOptions): Promise<unknown>;
  whenReady(): Promise<void>;
  close(code?: number, reason?: string): void;
}

const NO_ROOMS: readonly string[] = Object.freeze([]);

/** A peer of the server. Handlers get it as their second argument. */
export class ConnectedClient<C extends SocketContract = AnyContract> {
  /** What the application knows about the client; empty until the `auth` handler sets it. */
  meta: ClientMeta = {};
  /** How many pushes were lost because the client did not read (policy `drop`). */
  dropped = 0;
  /** The rooms that it is in. Changed by `join()` and `leave()` alone. */
  rooms: readonly string[] = NO_ROOMS;
  private expiry: Expiry | undefined;
  private isReleased = false;

  constructor(
    /** Counts up from 1 as connections come, and is never given twice by one process. */
    readonly id: number,
    /** The address of the TCP connection, or what proxies say that the option `trustProxy` names. */
    readonly ip: string,
    private readonly link: ClientLink,
    private readonly clientRooms: ClientRooms<ConnectedClient>,
  ) {}

  /** Whether the `auth` handler accepted it. Set by the framework alone. */
  get authenticated(): boolean {
    return this.link.isAuthenticated;
  }

  /**
   * When its credentials expire, in milliseconds since 1970; a Date may be set, too. A `SocketClient` shows
   * new ones before (PROTOCOL.md R5.16), which runs the `auth` handler again; one that does not is closed
   * with 4401 then. The `auth` handler sets it, or returns `{ expires }`; it may be changed at any time.
   * @default undefined: never
   * @throws SocketsError `INVALID_OPTION` for what is no time
   */
  get expiresAt(): number | undefined {
    return this.expiry?.expiresAt;
  }

  /** A Date, milliseconds since 1970, or undefined for never. */
  set expiresAt(value: Date | number | undefined) {
    const expiresAt = expiryOf(value);
    this.expiry?.stop();
    this.expiry = expiresAt === undefined || this.isReleased ? undefined : this.expireAt(expiresAt);
    this.tellExpiry();
  }

  /** What is known of the peer before its `auth` handler has said anything. */
  get session(): SocketSession {
    return this.link.session;
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
    return this.link.push(Push.of(message.request, payload).in(field));
  }

  /**
   * Asks the client and resolves with what its `client()` hook returns (PROTOCOL.md R5.12).
   * @throws RemoteError when the client answers with an error; RequestTimeoutError (default
   * 30,000 ms); RequestAbortedError; SocketsError `CONNECTION_LOST`, and `UNSUPPORTED_BY_PEER` for a
   * client that knows no ids, as an original one
   */
  request<N extends AskName<C>>(
    name: N,
    ...rest: WithData<PushData<C, N>, [options?: RequestOptions]>
  ): Promise<PushResponse<C, N>>;
  request<T>(name: UncheckedName<C>, data?: unknown, options?: RequestOptions): Promise<T>;
  async request(name: string, data?: unknown, options: RequestOptions = {}): Promise<unknown> {
    return this.link.ask(name, data, options);
  }

  /**
   * Puts the client into a room, on all nodes (PROTOCOL.md, section 11); in the `auth` handler, as soon as
   * it has accepted. It is in it at once on this node. A client of ours that comes back to a room with
   * history gets what it missed, whatever node it comes to.
   * @returns resolves when all nodes reach it there, or when it is known that the engine is away
   * @throws SocketsError at once: `INVALID_ROOM`, `TOO_MANY_ROOMS`
   */
  join(room: string, options: JoinOptions = {}): Promise<void> {
    return this.clientRooms.join(this, room, options);
  }

  /** Takes the client out of a room; it leaves all of them when its connection ends. */
  leave(room: string): void {
    this.clientRooms.leave(this, room);
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
   * @param reason At most 123 bytes, for people; more is cut off
   * @throws SocketsError `INVALID_CLOSE` for a code that no close frame may have
   */
  close(code?: number, reason?: string): void {
    assertClose(code, reason);
    this.link.close(code, reason);
  }

  /** Tells a client of ours how long its credentials are good. @internal */
  tellExpiry(): void {
    const { expiry, link } = this;
    if (!expiry || !link.isAuthenticated || !link.knowsIds) return;
    link.push(formatExpiry(expiry.milliseconds));
  }

  /** The connection is gone. @internal */
  release(): void {
    this.isReleased = true;
    this.expiry?.stop();
  }

  private expireAt(expiresAt: number): Expiry {
    return new Expiry(expiresAt, () =>
      this.link.close(CloseCode.Unauthorized, 'the credentials have expired'),
    );
  }

  /**
   * Sends a push, as Nest's own exception filter does: `client.emit('exception', details)`.
   * @returns false when it was not sent
   */
  emit(event: string, data?: unknown): boolean {
    return this.send({ request: event, data });
  }
}
