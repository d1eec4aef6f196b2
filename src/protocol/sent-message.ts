import { SocketsError } from './sockets.errors.js';

/** A message one of whose fields is bytes; its text names the field: PROTOCOL-V2.md V5.7. */
export class BytesMessage {
  constructor(
    readonly request: string,
    readonly text: string,
    readonly bytes: Uint8Array,
  ) {}

  get length(): number {
    return this.text.length + this.bytes.length;
  }
}

/** A message on its way out. */
export type SentMessage = string | BytesMessage;

/**
 * The text of a message for a peer that takes nothing else, as in version 1.
 * @throws SocketsError `INVALID_MESSAGE` for bytes
 */
export function asText(message: SentMessage): string {
  if (typeof message === 'string') return message;
  throw new SocketsError(
    'INVALID_MESSAGE',
    `What "${message.request}" carries is bytes, which need version 2 of the wire, and this peer speaks version 1 or no encryption. Nothing was sent; send text, for example in base64.`,
  );
}
