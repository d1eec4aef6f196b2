import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { RawConnection } from './raw-connection.js';
import type { WireMode } from './raw-connection.js';
import { makeSessionKey } from './raw-envelope.js';
import { isReply } from './raw-message.js';
import type { MessageId, WireMessage } from './raw-message.js';
import { PeerAnswers, ReplyError } from './raw-peer-answers.js';

/** Returns the response, nothing for none, or an async iterable of values; may throw ReplyError. */
export type RequestHandler = (data: unknown, peer: RawPeer, message: WireMessage) => unknown;

/** Ways to misbehave; each may be switched while the server runs. */
export interface Faults {
  /** Answers the upgrade with this HTTP status instead. */
  refuseUpgradeWith?: number;
  /** Replies to `auth` with this, and does not authenticate. */
  authResponse?: { readonly response: unknown };
  /** Leaves `auth` without any reply. */
  ignoreAuth?: boolean;
  /** Leaves `heartBeat` without a reply. */
  ignoreHeartBeats?: boolean;
  /** Does not read from connections that are accepted from now on. */
  stopReading?: boolean;
  /** Answers `auth` with this frame of an earlier connection. */
  replayedAuthReply?: Buffer;
}

/** What a connection needs to know of its server. */
export interface PeerHost {
  readonly mode: WireMode;
  readonly globalKey: Buffer | undefined;
  readonly faults: Faults;
  readonly handlers: ReadonlyMap<string, RequestHandler>;
  /** The `response` to `auth`; anything falsy refuses it. */
  authorize(data: unknown, peer: RawPeer): unknown;
  onAuthenticated(peer: RawPeer): void;
  onMessage(peer: RawPeer, message: WireMessage): void;
}

/** The server's side of one connection. */
export class RawPeer extends RawConnection {
  authenticated = false;
  /** The frame that answered `auth`. */
  authReply: Buffer | undefined;
  /** Path and query of the upgrade request. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  protected readonly originalFields = ['request', 'data', 'response', 'sessionKey'];
  readonly #answers: PeerAnswers;
  #nextId = 1;

  constructor(
    webSocket: WebSocket,
    request: IncomingMessage,
    private readonly host: PeerHost,
  ) {
    super(webSocket, request.socket, host.mode, host.globalKey);
    this.path = request.url ?? '/';
    this.headers = request.headers;
    this.#answers = new PeerAnswers(
      host.mode,
      (message) => this.sendMessage(message),
      (error) => this.errors.push(error),
    );
    void this.closed.then(() => this.#answers.cancelAll());
  }

  /** R5.12. Resolves with the whole answer, an error answer too. */
  ask(name: string, data: unknown = null, id: MessageId = this.#nextId++): Promise<WireMessage> {
    this.sendMessage({ request: name, id, data });
    return this.nextMatching(
      (message) => message.id === id && isReply(message),
      `the answer to ${name} with id ${id}`,
    );
  }

  protected override handle(message: WireMessage): void {
    this.host.onMessage(this, message);
    if (message.request === 'auth') this.#decideAuth(message);
    else if (!this.authenticated) this.#refuse(4401);
    else if (message.request === 'heartBeat') this.#answerHeartBeat();
    else if (isReply(message)) this.#checkAnswer(message);
    else if (message.cancel === true) this.#cancel(message);
    else this.#answer(message);
  }

  protected override handleUnreadable(): void {
    this.#refuse(4400);
  }

  /** The original gives no code when it refuses. */
  #refuse(code: number): void {
    if (this.mode === 'original') this.webSocket.close();
    else this.webSocket.close(code);
  }

  #decideAuth(message: WireMessage): void {
    const { ignoreAuth, authResponse } = this.host.faults;
    if (ignoreAuth) return;
    if (authResponse) return void this.sendMessage({ request: 'auth', ...authResponse });
    if (this.authenticated) return this.#refuse(4403);
    const response = this.host.authorize(message.data, this);
    if (!response) return this.#refuse(4401);
    this.authReply = this.#sendAuthReply(message, response);
    this.authenticated = true;
    this.host.onAuthenticated(this);
  }

  /** R3.3: the reply goes under the global key, everything after it under the session key. */
  #sendAuthReply({ id }: WireMessage, response: unknown): Buffer {
    const { replayedAuthReply } = this.host.faults;
    if (replayedAuthReply) return this.sendFrame(replayedAuthReply);
    const echo = this.mode === 'ours' && id !== undefined ? { id } : {};
    const reply = { request: 'auth', ...echo, response };
    if (!this.key) return this.sendMessage(reply);
    const sessionKey = makeSessionKey();
    const frame = this.sendMessage({ ...reply, sessionKey: sessionKey.toString('base64') });
    this.key = sessionKey;
    return frame;
  }

  #answerHeartBeat(): void {
    if (this.host.faults.ignoreHeartBeats) return;
    this.sendMessage({ request: 'heartBeat', response: true });
  }

  /** R5.8. An answer with an id is in the queue, where `ask` waits for it. */
  #checkAnswer({ id }: WireMessage): void {
    if (id === undefined) this.#refuse(4400);
  }

  #cancel({ id }: WireMessage): void {
    if (id !== undefined) this.#answers.cancel(id);
  }

  #answer(message: WireMessage): void {
    const name = message.request;
    const handler = this.host.handlers.get(name) ?? (() => refuseUnknown(name));
    void this.#answers.answer(message, () => handler(message.data, this, message));
  }
}

function refuseUnknown(name: string): never {
  throw new ReplyError('UNKNOWN_HANDLER', `No handler named ${name}`);
}
