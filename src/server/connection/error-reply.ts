import type { ErrorBody } from '../../protocol/error-body.js';
import { formatMessage, type WireMessage } from '../../protocol/message.js';
import type { SentMessage } from '../../protocol/sent-message.js';

interface AskingConnection {
  readonly knowsIds: boolean;
  reply(message: SentMessage): void;
}

/** Tells that a request failed; to an original, whose hook would run, nothing (PROTOCOL.md R5.15). */
export function replyError(
  connection: AskingConnection,
  { request, id }: WireMessage,
  error: ErrorBody,
): void {
  if (id === undefined && !connection.knowsIds) return;
  connection.reply(formatMessage(request, id, 'error', error));
}
