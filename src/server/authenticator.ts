import { Injectable } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import type { Handler } from '../handlers/handler.router.js';
import { isStream, valuesOf } from '../handlers/values-of.js';
import { CloseCode } from '../protocol/close-code.js';
import { formatAuthenticated, type WireMessage } from '../protocol/message.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.js';
import { FailureLog } from './failure-log.js';
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
  ) {}

  /** One success per connection: PROTOCOL.md R5.2 and R5.3. Later messages wait for the end. */
  run(connection: Connection, handler: Handler, message: WireMessage, onEnd: () => void): void {
    if (connection.isAuthenticated) {
      return connection.refuse('secondAuth', CloseCode.Forbidden, 'already authenticated');
    }
    connection.isAuthenticating = true;
    connection.updateReading();
    void this.authenticate(connection, handler, message).then(() => {
      connection.isAuthenticating = false;
      onEnd();
    });
  }

  private async authenticate(
    connection: Connection,
    handler: Handler,
    message: WireMessage,
  ): Promise<void> {
    const result = await this.ask(connection, handler, message);
    // It may have left while the handler was busy: then nobody may find it in the clientMap.
    if (!connection.isOpen) return;
    if (!isAccepted(result)) {
      return connection.refuse('authRefused', CloseCode.Unauthorized, 'authentication refused');
    }
    const { envelope, sessionKey } = this.handshake.startSession();
    connection.startSession(envelope, formatAuthenticated(message.id, result, sessionKey));
    this.registry.addAuthenticated(connection);
    await this.events.authenticated(connection.client);
  }

  private async ask(
    connection: Connection,
    handler: Handler,
    { data, request }: WireMessage,
  ): Promise<unknown> {
    const client = connection.clientFor(handler.kind);
    try {
      const result = await handler.invoke(client, data, request);
      if (!isStream(result)) return result;
      return await lastValueFrom(
        valuesOf(result, () => Promise.resolve()),
        { defaultValue: null },
      );
    } catch (error) {
      this.failures.note(error, { label: handler.label, client: connection.client.id });
      return undefined;
    }
  }
}

/** Truthy, as in the original; but neither an Error nor an object that says `error`. */
function isAccepted(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return Boolean(result);
  return !(result instanceof Error) && !Object.hasOwn(result, 'error');
}
