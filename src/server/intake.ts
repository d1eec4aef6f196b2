import type { WebSocket } from 'ws';
import { ABNORMAL_CLOSURE } from '../protocol/close-code.js';
import type { SocketsLimits } from '../protocol/limits.js';
import { FairShare, SHARE } from './fair-share.js';
import { Inbox, type ReceivedMessage } from './inbox.js';
import { unfinishedLengthOf } from './web-socket.receiver.js';

/** Whose messages are taken in. */
interface IntakeOwner {
  /** Whether this side has ended the connection, so that nothing more is wanted. */
  readonly isEnded: boolean;
  /** Whether neither side has. */
  readonly isOpen: boolean;
  /** Whether the peer must take some of what waits for it first. */
  readonly isSlow: boolean;
  /** Whether a handler in flight may wait for an answer of this very peer. */
  readonly awaitsAnswers: boolean;
  /** Lets what waits go on, as far as it may. */
  goOn(): void;
}

/**
 * Takes in what one peer sends, as fast as handlers end, as turns of the event loop come round, and as
 * the peer itself reads. Until then it is kept, and the socket is not read, so that TCP pushes back.
 */
export class Intake {
  readonly inbox: Inbox;
  readonly share: FairShare;
  /** Whether the socket is not read. */
  isPaused = false;
  private readSinceTurn = 0;
  private onHandled: (() => void) | undefined;

  constructor(
    private readonly webSocket: WebSocket,
    limits: Readonly<SocketsLimits>,
    private readonly owner: IntakeOwner,
  ) {
    this.inbox = new Inbox(limits);
    this.share = new FairShare(webSocket, limits, owner);
  }

  /** Bytes were read. Large messages are read on in turns of their own, and so is what nobody wants. */
  onRead(bytes: number): void {
    const isLittle = this.owner.isOpen && unfinishedLengthOf(this.webSocket) <= SHARE;
    this.readSinceTurn = isLittle ? 0 : this.readSinceTurn + bytes;
    if (this.readSinceTurn < SHARE) return;
    this.share.chargeRead(this.readSinceTurn);
    this.readSinceTurn = 0;
    this.waitForTurn();
  }

  /** Keeps a message until a handler ends, or whatever else it has to wait for. */
  hold(received: ReceivedMessage): void {
    this.inbox.hold(received);
    this.updateReading();
  }

  /** Keeps a message until the connection has a turn of its own. */
  holdForTurn(received: ReceivedMessage): void {
    this.inbox.putBack(received);
    this.waitForTurn();
  }

  /** The same for a frame. */
  holdFrame(bytes: Buffer, isBinary: boolean): void {
    this.inbox.holdFrame({ bytes, isBinary });
    this.waitForTurn();
  }

  /** Something changed that may let what waits go on. */
  resume(): void {
    if (this.inbox.canGoOn && !this.share.isWaiting) this.owner.goOn();
  }

  /** Whatever might go on has done so. */
  resumed(): void {
    if (this.owner.isEnded) this.inbox.clear();
    this.updateReading();
    if (!this.share.isWaiting) this.onHandled?.();
  }

  /** Calls back when all had its turn that came before the peer said goodbye, if it did. */
  whenHandled(code: number, action: () => void): void {
    const isOver = this.owner.isEnded || code === ABNORMAL_CLOSURE || !this.share.isWaiting;
    if (isOver) action();
    else this.onHandled = action;
  }

  /** How fast the peer reads has changed, and with it how fast it is read. */
  onPaceChanged(): void {
    this.inbox.isBlocked = this.owner.isSlow;
    this.updateReading();
    this.resume();
  }

  updateReading(): void {
    const pause = this.owner.isSlow || this.share.isWaiting || this.hasToWaitForHandlers;
    if (pause === this.isPaused) return;
    this.isPaused = pause;
    if (pause) this.webSocket.pause();
    else this.webSocket.resume();
  }

  /** The connection is gone. */
  release(): void {
    this.onHandled = undefined;
    this.inbox.clear();
  }

  private get hasToWaitForHandlers(): boolean {
    const hears = this.owner.awaitsAnswers && !this.inbox.isFull;
    return this.inbox.hasMessages && !hears;
  }

  private waitForTurn(): void {
    this.share.waitForTurn();
    this.updateReading();
  }
}
