import { readRecord, RecordKind } from '../../envelope/record.js';
import { PendingReplies } from '../../protocol/pending-replies.js';
import { RequestTimeoutError } from '../../protocol/sockets.errors.js';
import { badReply, noReply, type CloseInfo } from './client.errors.js';
import { ClientOutbox } from './client-outbox.js';
import type { ClientHello, ClientWire } from './client-wire.js';
import type { ClientPlatform } from './client-platform.js';

// No message has this name: what waits for the reply to the hello waits under it.
const HELLO = ' hello';

/** The messages of a frame. */
interface FrameContent {
  readonly texts: Iterable<Uint8Array>;
  /** What stands beside a single one. */
  readonly bytes?: Uint8Array;
}

const NOTHING: FrameContent = { texts: [] };

/** What differs between the versions of the wire, for one connection of a client. */
export class ClientSession {
  readonly outbox: ClientOutbox;
  /** What the server wishes, in milliseconds. */
  heartBeatInterval = Infinity;
  private readonly pending = new PendingReplies();
  private endedBy: Error | undefined;
  /** Whether the server said goodbye; undefined where it could not (version 1). */
  private isClean: boolean | undefined;

  /** @param hello In version 2, until the server has answered it */
  constructor(
    private readonly wire: ClientWire,
    private hello: ClientHello | undefined,
    afterTurn: ClientPlatform['afterTurn'],
  ) {
    this.outbox = new ClientOutbox(wire.envelope, afterTurn);
  }

  /** Resolves when messages may be sent: PROTOCOL-V2.md V4.5 and V4.6. */
  async whenAgreed(timeout: number): Promise<void> {
    await (this.hello && this.untilAnswered(timeout));
    // What ended it may have come in one packet with the upgrade, or with the reply to the hello.
    if (this.endedBy) throw this.endedBy;
  }

  private async untilAnswered(timeout: number): Promise<void> {
    const sent = () => undefined;
    await this.pending.wait(HELLO, { timeout }, sent).catch((error: unknown) => {
      throw error instanceof RequestTimeoutError ? noReply(timeout) : error;
    });
  }

  /** Version 2 has its keys already. */
  start(sessionKey: unknown): void {
    if (this.outbox.envelope.isRecord) return;
    this.outbox.envelope = this.wire.joinSession(sessionKey);
  }

  /**
   * The message in a frame, or those in a record.
   * @throws when it must not be believed
   */
  read(frame: Uint8Array, isBinary: boolean): FrameContent {
    if (this.hello) {
      this.takeReply(this.hello, frame);
      return NOTHING;
    }
    const { envelope } = this.outbox;
    if (isBinary !== envelope.binary) throw new Error('wrong kind of frame');
    const content = envelope.open(frame);
    return envelope.isRecord ? this.readRecord(content) : { texts: [content] };
  }

  /** How the connection ended, and whoever waits for the reply to the hello hears of it. */
  end(info: CloseInfo, error: Error): CloseInfo {
    this.endedBy = error;
    this.pending.rejectAll(() => error);
    return this.isClean === undefined ? info : { ...info, clean: this.isClean };
  }

  private readRecord(plaintext: Uint8Array): FrameContent {
    const record = readRecord(plaintext);
    if (record.kind === RecordKind.Messages) return { texts: record.lines };
    if (record.kind === RecordKind.Bytes) return { texts: [record.text], bytes: record.bytes };
    if (record.kind === RecordKind.Goodbye) this.isClean = true;
    else this.outbox.envelope.joinBroadcasts(record);
    return NOTHING;
  }

  private takeReply(hello: ClientHello, reply: Uint8Array): void {
    const waiting = this.pending.oldestOf(HELLO);
    if (waiting === undefined) return;
    try {
      const { envelope, settings } = hello.finish(reply);
      this.hello = undefined;
      this.outbox.envelope = envelope;
      this.outbox.maxMessageSize = settings.maxMessageSize;
      this.heartBeatInterval = settings.heartBeatInterval ?? Infinity;
      this.isClean = false;
      this.pending.resolve(waiting, undefined);
    } catch (error) {
      this.pending.reject(waiting, badReply(error));
    }
  }
}
