import { Injectable } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import type { Handler } from '../handlers/handler.router.js';
import { isStream, valuesOf } from '../handlers/values-of.js';
import { CloseCode } from '../protocol/close-code.js';
import { formatAuthenticated, type WireMessage } from '../protocol/message.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.js';
import { FailureLog } from './failure-log.js';
import type { ReceivedMessage } from './inbox.js';
import { ServerHandshake } from './server-handshake.js';
import { SocketEvents } from './socket-events.js';

/** Runs the `auth` handler, and makes an authenticated client of whom it accepts. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly handshake: ServerHandshake,
    private readonly registry: ConnectionRegistry,
    private readonly events: SocketEvents,
    private readonly failures: FailureLog,
    private readonly adapter: SocketsAdapter,
  ) {}

  /** One success per connection: PROTOCOL.md R5.2 and R5.3. Later messages wait for the end. */
  run(connection: Connection, handler: Handler, { message }: ReceivedMessage): void {
    if (connection.isAuthenticated) {
      return connection.refuse('secondAuth', CloseCode.Forbidden, 'already authenticated');
    }
    connection.intake.inbox.isAuthenticating = true;
    void this.authenticate(connection, handler, message).then(() => {
      connection.intake.inbox.isAuthenticating = false;
      connection.intake.resume();
    });
  }

  private async authenticate(
    connection: Connection,
    handler: Handler,
    message: WireMessage,
  ): Promise<void> {
    try {
      const result = await this.ask(connection, handler, message);
      if (isAccepted(result)) {
        // It may have left while the handler was busy: then nobody may find it in the clientMap.
        if (connection.isOpen) await this.accept(connection, message, result);
        return;
      }
    } catch (error) {
      this.failures.note(error, { label: handler.label, client: connection.client.id });
    }
    connection.refuseAuthentication();
  }

  private async ask(
    connection: Connection,
    handler: Handler,
    { data, request }: WireMessage,
  ): Promise<unknown> {
    const result = await handler.invoke(connection.clientFor(handler.kind), data, request);
    if (!isStream(result)) return result;
    return lastValueFrom(
      valuesOf(result, () => connection.whenReady()),
      { defaultValue: null },
    );
  }

  private async accept(
    connection: Connection,
    { id }: WireMessage,
    result: unknown,
  ): Promise<void> {
    const { envelope, sessionKey } = this.handshake.startSession();
    connection.startSession(envelope, formatAuthenticated(id, result, sessionKey));
    this.registry.addAuthenticated(connection);
    this.adapter.welcome(connection);
    await this.events.authenticated(connection.client);
  }
}

/** Truthy, as in the original; but neither an Error nor an object that says `error`. */
function isAccepted(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return Boolean(result);
  return !(result instanceof Error) && !Object.hasOwn(result, 'error');
}
