import type { Handler } from '../../handlers/handler.router.js';
import { assertRequestName } from '../../protocol/message-name.js';
import { formatMessage, formatReply, type WireMessage } from '../../protocol/message.js';
import type { SentMessage } from '../../protocol/sent-message.js';
import { Push } from '../connection/push.js';
import { isWsResponse } from '../gateways/ws-response.js';

/** What is replied to, and by whom. */
interface Answered {
  readonly handler: Handler;
  readonly message: WireMessage;
  /** Whether every value is wanted. */
  readonly stream: object | undefined;
}

/** A value of the reply. A gateway may have given it the name of another event. */
export function replyOf(
  { handler, message, stream }: Answered,
  value: unknown,
): SentMessage | undefined {
  const { request, id } = message;
  const field = stream ? 'item' : 'response';
  if (handler.kind === 'gateway' && isWsResponse(value)) {
    const { event, data } = value;
    if (id === undefined) return Push.of(event, data).in('response');
    return formatMessage(assertRequestName(event), id, field, data);
  }
  return stream ? formatMessage(request, id, field, value) : formatReply(message, value);
}
