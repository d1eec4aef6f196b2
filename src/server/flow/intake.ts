import { AsyncResource } from 'node:async_hooks';
import type { WebSocket } from 'ws';
import type { RecordLines } from '../../envelope/record-lines.js';
import type { SocketsLimits } from '../../protocol/limits.js';
import { Inbox, type InboxOwner, type ReceivedMessage } from './inbox.js';
import { QUANTUM, scheduler as allFlows, type Flow, type Scheduler } from './scheduler.js';

/** A frame as it came: what ws passes on. */
export interface ReceivedFrame {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
  /** What is left of a record that was opened. */
  readonly rest?: RecordLines;
}

/** Whose frames and messages are taken in. */
interface IntakeOwner extends InboxOwner {
  readonly isAuthenticated: boolean;
  /** Whether this side has ended the connection, so that nothing more is wanted. */
  readonly isEnded: boolean;
}

/** Where frames and messages go when they need not wait any longer. */
export interface Journey<Owner> {
  handle(owner: Owner, frame: ReceivedFrame): void;
  dispatch(owner: Owner, received: ReceivedMessage): void;
  /** One of them did not get to its end. */
  fail(owner: Owner, error: unknown): void;
}

/**
 * Takes in what one peer sends, and decides what becomes of it: a frame is handled now, or waits for
 * its turn (Scheduler); a message is dispatched, or waits for a handler (Inbox); and when enough waits,
 * the socket is not read, so that TCP pushes back on the peer.
 */
export class Intake<Owner extends IntakeOwner = IntakeOwner> implements Flow {
  credit = 0;
  turn = -1;
  isListed = false;
  readonly inbox: Inbox;
  /** Whether the socket is not read. */
  isPaused = false;
  /** Oldest first. */
  private readonly frames: ReceivedFrame[] = [];
  private frameBytes = 0;
  /** Whether it has sent too many pings to be read before its next turn. */
  private isHeld = false;
  private isOnTurn = false;
  private onHandled: (() => void) | undefined;

  constructor(
    private readonly webSocket: WebSocket,
    limits: Readonly<SocketsLimits>,
    private readonly owner: Owner,
    private readonly journey: Journey<Owner>,
    private readonly scheduler: Scheduler = allFlows,
  ) {
    this.inbox = new Inbox(limits, owner);
  }

  /** Whether something waits that only a turn of this connection is missing for. */
  get isReady(): boolean {
    return this.isHeld || this.inbox.canGoOn || (this.frames.length > 0 && !this.isBlocked);
  }

  get waitingMessages(): number {
    return this.frames.length + this.inbox.waitingMessages;
  }

  /** A frame came. Strangers may send few and small ones, so theirs never wait. */
  receive(frame: ReceivedFrame): void {
    const { length } = frame.bytes;
    if (!this.owner.isAuthenticated || this.admits(length)) {
      return this.handle(frame);
    }
    this.frames.push(frame);
    this.frameBytes += length;
    this.update();
  }

  /** A ping or pong came. There is nothing to handle, but many of them cost, too. */
  receiveControlFrame({ length }: Buffer): void {
    if (this.isHeld || this.admits(length)) return;
    this.isHeld = true;
    this.update();
  }

  /** Whether one more message of a record may be handled now; if so, it has been paid for. */
  affordsAnother(): boolean {
    if (!this.owner.isAuthenticated) return true;
    if (this.credit <= 0) return false;
    this.scheduler.charge(this, 0);
    return true;
  }

  /** Keeps what is left of a record, ahead of all frames, until the connection has a turn. */
  putBack(rest: RecordLines): void {
    this.frames.unshift({ bytes: NO_BYTES, isBinary: true, rest });
    this.update();
  }

  /** Keeps a message until its turn comes, a handler ends, or whatever else it has to wait for. */
  hold(received: ReceivedMessage): void {
    this.inbox.hold(received);
    this.update();
  }

  /** Whether there is credit for a reply of so many bytes, unless it is the turn of this connection. */
  affords(bytes: number): boolean {
    return this.isOnTurn || bytes <= this.credit;
  }

  /** Something changed that what waits may have waited for: a handler ended, or the peer reads. */
  update(): void {
    if (this.isReady) this.scheduler.add(this);
    if (this.onHandled && this.isHandled && !this.isOnTurn) this.onHandled();
    const pause = this.isHeld || this.isBlocked || this.frameBytes >= QUANTUM;
    if (pause === this.isPaused) return;
    this.isPaused = pause;
    if (pause) this.webSocket.pause();
    else this.webSocket.resume();
  }

  serve(): void {
    if (this.owner.isEnded) this.clear();
    this.isHeld = false;
    this.isOnTurn = true;
    inNoMessagesContext.runInAsyncScope(() => this.goOn());
    this.isOnTurn = false;
    this.update();
  }

  /**
   * Calls back when nothing waits any more of what came before the peer left, or its time is over.
   * @param action Gets the number of messages that were not handled in time
   */
  whenHandled(time: number, action: (left: number) => void): void {
    if (this.isHandled || !this.owner.isAuthenticated) return action(0);
    const end = () => {
      clearTimeout(timer);
      this.onHandled = undefined;
      action(this.isHandled ? 0 : this.waitingMessages);
    };
    const timer = time === Infinity ? undefined : setTimeout(end, time);
    this.onHandled = end;
  }

  /** Lets nothing more through, and resolves when the handlers in flight have ended. */
  drain(): Promise<void> {
    const idle = this.inbox.drain();
    // Who has left may have waited for what is forgotten now.
    this.update();
    return idle;
  }

  /** Forgets what waits: nothing of it is wanted. */
  clear(): void {
    this.inbox.clear();
    this.frames.length = 0;
    this.frameBytes = 0;
  }

  /** Whether nothing waits any more, or nothing of it is wanted. */
  private get isHandled(): boolean {
    return this.owner.isEnded || this.waitingMessages === 0;
  }

  private admits(bytes: number): boolean {
    return this.frames.length === 0 && !this.isBlocked && this.scheduler.admits(this, bytes);
  }

  /** Whether no frame may be opened, since what it brings could only wait. */
  private get isBlocked(): boolean {
    return this.owner.isSlow || this.inbox.isFull;
  }

  private goOn(): void {
    while (this.credit > 0 && this.isReady) {
      // By what was handled last, or by a handler that had something else wait for it.
      if (this.owner.isEnded) return this.clear();
      const received = this.inbox.next();
      const frame = received ? undefined : this.frames.shift()!;
      const length = frame?.bytes.length ?? 0;
      this.frameBytes -= length;
      this.scheduler.charge(this, length);
      if (received) this.dispatch(received);
      else this.handle(frame!);
    }
  }

  // Nothing that goes wrong on the way of one message may get any further: others wait behind it.

  private handle(frame: ReceivedFrame): void {
    try {
      this.journey.handle(this.owner, frame);
    } catch (error) {
      this.journey.fail(this.owner, error);
    }
  }

  private dispatch(received: ReceivedMessage): void {
    try {
      this.journey.dispatch(this.owner, received);
    } catch (error) {
      this.journey.fail(this.owner, error);
    }
  }
}

const NO_BYTES = Buffer.alloc(0);

// What waited is run in no message's async context: it must not see another one's AsyncLocalStorage.
const inNoMessagesContext = new AsyncResource('nestjs-sockets');
