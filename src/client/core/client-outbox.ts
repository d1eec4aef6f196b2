import { utf8Length } from '../../protocol/utf8.js';
import type { Plaintext } from '../../envelope/outgoing.js';
import { fitCloseReason } from '../../protocol/close-code.js';
import { asText, type SentMessage } from '../../protocol/sent-message.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import { notConnected } from './client.errors.js';
import type { MessageSender } from './message-sender.js';
import type { ClientEnvelope } from './client-wire.js';
import type { ClientPlatform } from './client-platform.js';
import type { Transport } from './transport.js';

/** Sends what one connection says: in version 2, all messages of a turn as one record. */
export class ClientOutbox implements MessageSender {
  transport: Transport | undefined;
  /** What the server takes, in bytes; version 1 does not tell. */
  maxMessageSize = Infinity;
  private waiting: SentMessage[] = [];

  constructor(
    /** The envelope in force. */
    public envelope: ClientEnvelope,
    private readonly afterTurn: ClientPlatform['afterTurn'],
  ) {}

  send(message: SentMessage): void {
    if (!this.transport?.isOpen) throw notConnected('not connected');
    if (!this.envelope.isRecord) return this.write(this.transport, asText(message));
    this.assertFits(message);
    // After whoever awaited a reply of this turn has gone on, too.
    if (this.waiting.push(message) === 1) this.afterTurn(() => this.flush());
  }

  sendIfOpen(message: SentMessage): boolean {
    const isOpen = this.transport?.isOpen === true;
    if (isOpen) this.send(message);
    return isOpen;
  }

  /** Sends what waits, and in version 2 that it is the last. */
  finish(code: number, reason = ''): void {
    this.flush();
    if (!this.transport?.isOpen) return;
    const goodbye = this.envelope.goodbye(code, fitCloseReason(reason));
    if (goodbye) this.transport.send(goodbye, true);
  }

  private flush(): void {
    const { waiting, transport } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    if (!transport?.isOpen) return;
    for (const plaintext of this.envelope.bundle(waiting)) this.write(transport, plaintext);
  }

  private write(transport: Transport, plaintext: Plaintext): void {
    transport.send(this.envelope.frame(plaintext), this.envelope.binary);
  }

  private assertFits(message: SentMessage): void {
    const max = this.maxMessageSize - this.envelope.overhead - 1;
    if (message.length * 3 <= max || byteLength(message) <= max) return;
    throw new SocketsError(
      'INVALID_MESSAGE',
      `The message is larger than the server takes (${this.maxMessageSize} bytes). Send less, or raise the server's "maxMessageSize".`,
    );
  }
}

function byteLength(message: SentMessage): number {
  if (typeof message === 'string') return utf8Length(message);
  return utf8Length(message.text) + 1 + message.bytes.length;
}
