import { assertSendable } from '../../protocol/message-name.js';
import { formatPayload, toPayload, type Payload } from '../../protocol/message.js';
import { asText, type SentMessage } from '../../protocol/sent-message.js';

/** The field in which a push travels: PROTOCOL.md R5.10. */
export type PushField = 'data' | 'response';

/** Whom a push is for. */
interface PushReceiver {
  readonly session: { readonly version: 1 | 2 };
  readonly pushField: PushField;
}

/** A push to any number of peers: its data is stringified once, and it is made once for each field. */
export class Push {
  private readonly payload: Payload;
  private readonly messages: { [Field in PushField]?: SentMessage } = {};

  /** @throws SocketsError `INVALID_MESSAGE` for an invalid name, or data that cannot be sent */
  constructor(
    private readonly request: string,
    payload: unknown,
  ) {
    this.payload = toPayload(assertSendable(request), payload);
  }

  /**
   * Either all of them get it, or nobody does.
   * @throws SocketsError `INVALID_MESSAGE` for bytes where one of them speaks version 1
   */
  assertTakenBy(receivers: readonly PushReceiver[]): void {
    if (typeof this.payload !== 'object') return;
    const old = receivers.find(({ session }) => session.version === 1);
    if (old) asText(this.in(old.pushField));
  }

  in(field: PushField): SentMessage {
    return (this.messages[field] ??= formatPayload(this.request, undefined, field, this.payload));
  }
}
