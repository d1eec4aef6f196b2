import type { SentMessage } from '../../protocol/sent-message.js';

/** A connection, as far as it sends. */
export interface MessageSender {
  /** @throws SocketsError `NOT_CONNECTED`, and `INVALID_MESSAGE` for bytes in version 1 */
  send(message: SentMessage): void;
  /** For what is of no use to a connection that ends. Returns whether it was sent. */
  sendIfOpen(message: SentMessage): boolean;
}
