import type { MessageId, WireMessage } from '../../protocol/message.js';
import type { RemoteError } from '../../protocol/sockets.errors.js';
import type { CloseInfo } from './client.errors.js';

/** What a connection tells the client that owns it. */
export interface ConnectionListener<Connection> {
  /** The connection may be used from now on. */
  onAuthenticated(connection: Connection): void;
  /** The reply to `auth`. Rejects when a hook does not take it. */
  onAccepted(response: unknown): Promise<void>;
  /** A push, or the reply to what was sent without an id. */
  onMessage(request: string, payload: unknown): void;
  /** The server asks: PROTOCOL.md R5.12. The answer goes to the connection that asked. */
  onAsk(connection: Connection, ask: WireMessage, id: MessageId): void;
  /** What was sent without an id failed. */
  onErrorReply(error: RemoteError): void;
  /** The connection is gone, after it had been authenticated. */
  onGone(connection: Connection, info: CloseInfo): void;
}
