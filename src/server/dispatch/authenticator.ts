import { Inject, Injectable } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import type { AuthAnswer } from '../../handlers/auth.verdicts.js';
import { mapError } from '../../handlers/error-mapping.js';
import type { Handler } from '../../handlers/handler.router.js';
import type { Session } from '../../envelope/handshake.js';
import { CloseCode } from '../../protocol/close-code.js';
import { ErrorCode, INTERNAL_ERROR, type ErrorBody } from '../../protocol/error-body.js';
import { AUTH, REAUTH } from '../../protocol/message-name.js';
import { formatAuthenticated, formatMessage, type WireMessage } from '../../protocol/message.js';
import type { Connection } from '../connection/connection.js';
import { AuthTurns } from './auth-turns.js';
import { handled, handlingOf } from './handling.js';
import { expiryOf } from '../connection/expiry.js';
import { replyError } from '../connection/error-reply.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import { FailureLog } from '../operations/failure-log.js';
import type { ReceivedMessage } from '../flow/inbox.js';
import { ServerHandshake } from '../connection/server-handshake.js';
import { KnownPositions } from '../rooms/known-positions.js';
import { Rooms } from '../rooms/rooms.js';
import { SharedReplays } from '../cluster/shared-replays.js';
import { SocketEvents } from '../connection/socket-events.js';

const ALREADY_RENEWING: ErrorBody = {
  code: ErrorCode.Forbidden,
  message: 'Another "reauth" is being decided',
};

/** Runs the `auth` handler, and makes an authenticated client of whom it accepts. */
@Injectable()
export class Authenticator {
  /** Who shows new credentials just now. */
  private readonly renewing = new WeakSet<Connection>();

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly handshake: ServerHandshake,
    private readonly registry: ConnectionRegistry,
    private readonly events: SocketEvents,
    private readonly failures: FailureLog,
    private readonly adapter: SocketsAdapter,
    private readonly turns: AuthTurns,
    private readonly rooms: Rooms,
    private readonly known: KnownPositions,
    private readonly replays: SharedReplays,
  ) {}

  /** One success per connection: PROTOCOL.md R5.2 and R5.3. Later messages wait for the end. */
  run(connection: Connection, handler: Handler, received: ReceivedMessage): void {
    const { message } = received;
    if (connection.isAuthenticated) {
      return connection.refuse('secondAuth', CloseCode.Forbidden, 'already authenticated');
    }
    if (connection.isIgnored) return;
    connection.intake.inbox.isAuthenticating = true;
    connection.knowsIds = message.id !== undefined;
    this.known.note(connection, message.rooms);
    void this.inTurn(connection, () => this.authenticate(connection, handler, received)).then(
      () => {
        connection.intake.inbox.isAuthenticating = false;
        connection.intake.update();
      },
    );
  }

  /** The client shows who it is once more, before its credentials expire: PROTOCOL.md R5.16. */
  renew(connection: Connection, handler: Handler, message: WireMessage): void {
    if (this.renewing.has(connection)) return replyError(connection, message, ALREADY_RENEWING);
    this.renewing.add(connection);
    void this.decideAgain(connection, handler, message).finally(() =>
      this.renewing.delete(connection),
    );
  }

  private async decideAgain(
    connection: Connection,
    handler: Handler,
    message: WireMessage,
  ): Promise<void> {
    try {
      const { verdict, reply } = await this.ask(connection, handler, { ...message, request: AUTH });
      if (!isAccepted(verdict)) return connection.refuseAuthentication();
      noteExpiry(connection, verdict);
      connection.reply(formatMessage(REAUTH, message.id, 'response', reply));
    } catch (error) {
      this.failures.note(error, { label: handler.label, client: connection.client.id });
      if (mapError(error).expected) connection.refuseAuthentication();
      else replyError(connection, message, INTERNAL_ERROR);
    }
  }

  /** PROTOCOL.md R8.2. */
  private async inTurn(connection: Connection, authenticate: () => Promise<void>): Promise<void> {
    const { ip } = connection.client;
    if (!this.turns.apply(ip)) return authenticate();
    await this.turns.take(ip, async () => {
      // Who left meanwhile has not tried.
      if (!connection.isOpen) return false;
      await authenticate();
      return !connection.isAuthenticated;
    });
  }

  private async authenticate(
    connection: Connection,
    handler: Handler,
    { message, frame }: ReceivedMessage,
  ): Promise<void> {
    try {
      if (await this.isReplay(connection, frame)) return refuseReplay(connection);
      const { verdict, reply } = await this.ask(connection, handler, message);
      if (isAccepted(verdict)) {
        // It may have left while the handler was busy: then nobody may find it in the clientMap.
        const isWanted = connection.isOpen && !connection.isIgnored;
        if (isWanted) {
          noteExpiry(connection, verdict);
          await this.accept(connection, message, reply);
        }
        return;
      }
    } catch (error) {
      this.failures.note(error, { label: handler.label, client: connection.client.id });
      if (!mapError(error).expected) return failed(connection);
    }
    connection.refuseAuthentication();
  }

  /** Of what another node has seen; this one's own window has been asked before. */
  private async isReplay({ session, sender }: Connection, frame?: Buffer): Promise<boolean> {
    const isSealed = session.version === 1 && sender.envelope.binary;
    if (!isSealed || !frame || !this.replays.isNeeded) return false;
    return this.replays.isReplay(frame);
  }

  private async ask(
    connection: Connection,
    handler: Handler,
    message: WireMessage,
  ): Promise<AuthAnswer> {
    const { telemetry } = this.options;
    const client = this.adapter.clientFor(connection.client, handler.kind);
    const call = () => handler.invoke(client, message.data, message.request) as Promise<AuthAnswer>;
    const handling = telemetry && handlingOf(telemetry, connection, handler, message);
    return handled(handling, call, (error) => mapError(error).body.code);
  }

  private async accept(connection: Connection, { id }: WireMessage, reply: unknown): Promise<void> {
    const { envelope, sessionKey } = this.beginSession(connection);
    connection.startSession(envelope, formatAuthenticated(id, reply, sessionKey));
    connection.client.tellExpiry();
    this.registry.addAuthenticated(connection);
    this.rooms.authenticated(connection);
    this.adapter.welcome(connection);
    await this.events.authenticated(connection.client);
  }

  /** Version 2 has agreed on its keys before. */
  private beginSession({ session, sender }: Connection): Session {
    return session.version === 2 ? { envelope: sender.envelope } : this.handshake.startSession();
  }
}

/** What the handler returned may say until when it holds. */
function noteExpiry({ client }: Connection, verdict: unknown): void {
  if (typeof verdict !== 'object' || verdict === null || !Object.hasOwn(verdict, 'expires')) return;
  client.expiresAt = expiryOf((verdict as { expires: unknown }).expires);
}

function refuseReplay(connection: Connection): void {
  connection.refuse('badFrame', CloseCode.BadFrame, 'bad frame: replayed');
}

/** Nobody was judged: PROTOCOL.md R5.1. */
function failed(connection: Connection): void {
  connection.refuse('authFailed', CloseCode.InternalError, 'authentication failed, try again');
}

/** Truthy, as in the original; but neither an Error nor an object that says `error`. */
function isAccepted(verdict: unknown): boolean {
  if (typeof verdict !== 'object' || verdict === null) return Boolean(verdict);
  return !(verdict instanceof Error) && !Object.hasOwn(verdict, 'error');
}
