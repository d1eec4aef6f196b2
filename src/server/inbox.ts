import type { SocketsLimits } from '../protocol/limits.js';
import type { MessageId, WireMessage } from '../protocol/message.js';

/** A message, and the bytes of the frame that brought it. */
export interface ReceivedMessage {
  readonly message: WireMessage;
  readonly bytes: number;
}

/** A frame as it came: what ws passes on. */
export interface ReceivedFrame {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
}

// What may wait while the peer is read on for its answers.
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * What one peer sent: what handlers work on, messages that have to wait until those are done, and
 * frames that came after them and wait for a turn of the event loop.
 */
export class Inbox {
  /** While authentication is under way: what arrives must wait for its end. */
  isAuthenticating = false;
  /** While the peer does not read: what it is answered could only wait as well. */
  isBlocked = false;
  /** While what waited is being dispatched. */
  isResuming = false;
  handlersInFlight = 0;
  private bytesInFlight = 0;
  private waitingBytes = 0;
  private isDraining = false;
  private onIdle: (() => void) | undefined;
  /** Oldest first. */
  private readonly waiting: ReceivedMessage[] = [];
  private readonly frames: ReceivedFrame[] = [];

  constructor(private readonly limits: Readonly<SocketsLimits>) {}

  /** Whether the next message must wait: for a handler, the peer, authentication, or for good. */
  get isBusy(): boolean {
    return (
      this.handlersInFlight >= this.limits.maxHandlersInFlight ||
      this.bytesInFlight >= this.limits.maxBytesInFlight ||
      this.isAuthenticating ||
      this.isBlocked ||
      this.isDraining
    );
  }

  /** Whether a message that comes now must wait, since it may not overtake those that do. */
  get mustHold(): boolean {
    return this.waiting.length > 0 || this.isBusy;
  }

  get hasMessages(): boolean {
    return this.waiting.length > 0;
  }

  get hasFrames(): boolean {
    return this.frames.length > 0;
  }

  /** Whether a frame is there that may be looked at, or a message that need not wait any longer. */
  get canGoOn(): boolean {
    return this.hasFrames || (this.hasMessages && !this.isBusy);
  }

  /** Whether so much waits that not even answers can be let in any more. */
  get isFull(): boolean {
    return this.waitingBytes >= MAX_WAITING_BYTES;
  }

  hold(received: ReceivedMessage): void {
    this.waiting.push(received);
    this.waitingBytes += received.bytes;
  }

  holdFrame(frame: ReceivedFrame): void {
    this.frames.push(frame);
  }

  /** Takes the frame that has waited longest. */
  nextFrame(): ReceivedFrame | undefined {
    return this.frames.shift();
  }

  /** Keeps a message ahead of all others, which came after it. */
  putBack(received: ReceivedMessage): void {
    this.waiting.unshift(received);
    this.waitingBytes += received.bytes;
  }

  /** Takes the message that has waited longest, if any may go on. */
  next(): ReceivedMessage | undefined {
    if (this.isBusy) return undefined;
    const received = this.waiting.shift();
    if (received) this.waitingBytes -= received.bytes;
    return received;
  }

  /** Forgets a stream request that waits. Returns false when none of that id does. */
  withdrawStream(id: MessageId): boolean {
    const index = this.waiting.findIndex(
      ({ message }) => message.id === id && message.stream === true,
    );
    const [withdrawn] = index < 0 ? [] : this.waiting.splice(index, 1);
    if (withdrawn) this.waitingBytes -= withdrawn.bytes;
    return withdrawn !== undefined;
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
    this.frames.length = 0;
  }
}
