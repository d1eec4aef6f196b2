import { assertSendable } from '../../protocol/message-name.js';
import { formatPayload, formatPublished, toPayload, type Payload } from '../../protocol/message.js';
import { asText, type SentMessage } from '../../protocol/sent-message.js';

/** The field in which a push travels: PROTOCOL.md R5.10. */
export type PushField = 'data' | 'response';

/** Whom a push is for. */
interface PushReceiver {
  readonly session: { readonly version: 1 | 2 };
  readonly pushField: PushField;
}

/** Where a push stands in the history of a room. */
export interface PushPlace {
  readonly room: string;
  readonly offset: number;
}

/** A push to any number of peers: its data is stringified once, and it is made once for each field. */
export class Push {
  private readonly messages: { [Field in PushField]?: SentMessage } = {};

  private constructor(
    readonly name: string,
    readonly payload: Payload,
    private readonly place?: PushPlace,
  ) {}

  /** @throws SocketsError `INVALID_MESSAGE` for an invalid name, or data that cannot be sent */
  static of(name: string, data: unknown): Push {
    return new Push(name, toPayload(assertSendable(name), data));
  }

  /** One that another node has checked, or that a room has kept. */
  static made(name: string, payload: Payload, place?: PushPlace): Push {
    return new Push(name, payload, place);
  }

  /**
   * Either all of them get it, or nobody does.
   * @throws SocketsError `INVALID_MESSAGE` for bytes where one of them speaks version 1
   */
  assertTakenBy(receivers: readonly PushReceiver[]): void {
    const old = receivers.find((receiver) => !this.isTakenBy(receiver));
    if (old) asText(this.in(old.pushField));
  }

  isTakenBy({ session }: PushReceiver): boolean {
    return typeof this.payload !== 'object' || session.version !== 1;
  }

  in(field: PushField): SentMessage {
    return (this.messages[field] ??= this.place
      ? formatPublished(this.name, field, this.payload, this.place)
      : formatPayload(this.name, undefined, field, this.payload));
  }
}
