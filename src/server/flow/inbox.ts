import type { SocketsLimits } from '../../protocol/limits.js';
import type { MessageId, WireMessage } from '../../protocol/message.js';

/** A message, and the bytes of the frame that brought it. */
export interface ReceivedMessage {
  readonly message: WireMessage;
  readonly bytes: number;
  /** The frame of version 1 that brought it, before authentication. */
  readonly frame?: Buffer | undefined;
}

/** Whose messages these are. */
export interface InboxOwner {
  /** Whether the peer must take some of what waits for it first. */
  readonly isSlow: boolean;
  /** Whether a handler in flight may wait for an answer of this very peer. */
  readonly awaitsAnswers: boolean;
}

// What may wait before no more frames are opened; more where answers may stand behind it.
const MAX_WAITING_BYTES = 16 * 1024;
const MAX_BYTES_BEFORE_ANSWERS = 1024 * 1024;

/** The messages of one peer: those that handlers work on, and those that wait until they may. */
export class Inbox {
  /** While authentication is under way: what arrives must wait for its end. */
  isAuthenticating = false;
  handlersInFlight = 0;
  private bytesInFlight = 0;
  private waitingBytes = 0;
  private isDraining = false;
  private onIdle: (() => void) | undefined;
  /** Oldest first. */
  private readonly waiting: ReceivedMessage[] = [];

  constructor(
    private readonly limits: Readonly<SocketsLimits>,
    private readonly owner: InboxOwner,
  ) {}

  /** Whether a message that comes now must wait: for those before it, a handler, or the peer. */
  get mustHold(): boolean {
    return this.waiting.length > 0 || this.isBusy;
  }

  get waitingMessages(): number {
    return this.waiting.length;
  }

  /** Whether a message waits that need not wait any longer. */
  get canGoOn(): boolean {
    return this.waiting.length > 0 && !this.isBusy;
  }

  /** Whether so much waits that no more frames may be opened. */
  get isFull(): boolean {
    const { awaitsAnswers } = this.owner;
    return this.waitingBytes >= (awaitsAnswers ? MAX_BYTES_BEFORE_ANSWERS : MAX_WAITING_BYTES);
  }

  hold(received: ReceivedMessage): void {
    // Of what comes while the server goes nothing is handled any more.
    if (this.isDraining) return;
    this.waiting.push(received);
    this.waitingBytes += received.bytes;
  }

  /** Takes the message that has waited longest, if any may go on. */
  next(): ReceivedMessage | undefined {
    return this.canGoOn ? this.take(0) : undefined;
  }

  /** Forgets a stream request that waits. Returns false when none of that id does. */
  withdrawStream(id: MessageId): boolean {
    const index = this.waiting.findIndex(
      ({ message }) => message.stream === true && message.id === id,
    );
    return index >= 0 && this.take(index) !== undefined;
  }

  handlerStarted(bytes: number): void {
    this.handlersInFlight++;
    this.bytesInFlight += bytes;
  }

  /** A handler ended, with or without a reply. */
  handlerEnded(bytes: number): void {
    this.bytesInFlight -= bytes;
    if (--this.handlersInFlight === 0) this.onIdle?.();
  }

  /** Lets nothing more through, and resolves when the handlers in flight have ended. */
  async drain(): Promise<void> {
    this.isDraining = true;
    this.clear();
    if (this.handlersInFlight > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  clear(): void {
    this.waiting.length = 0;
    this.waitingBytes = 0;
  }

  private get isBusy(): boolean {
    return (
      this.handlersInFlight >= this.limits.maxHandlersInFlight ||
      this.bytesInFlight >= this.limits.maxBytesInFlight ||
      this.isAuthenticating ||
      this.isDraining ||
      this.owner.isSlow
    );
  }

  private take(index: number): ReceivedMessage {
    const [received] = index === 0 ? [this.waiting.shift()!] : this.waiting.splice(index, 1);
    this.waitingBytes -= received!.bytes;
    return received!;
  }
}
