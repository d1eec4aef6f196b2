import type { WebSocket } from 'ws';
import type { SocketsLimits } from '../protocol/limits.js';
import { turns as allTurns } from './event-loop.turns.js';
import { deferNextFrame } from './web-socket.receiver.js';

// A small request costs about as much as 4 KiB more of a large one, so this is 16 small ones. A read of
// 64 KiB may hold 900 requests, and one turn 32 such reads.
const FRAME_COST = 4 * 1024;
export const SHARE = 64 * 1024;
const TURN_BUDGET = SHARE + FRAME_COST;

// What is beyond a share has to be read or written, and its buffers to be collected: a MiB takes a few
// milliseconds, most of them outside of any turn.
const BYTES_PER_MILLISECOND = 256 * 1024;

// Who used up its share waits for turns of its own for so many milliseconds, even for what would fit into
// one: otherwise fifty peers that flood would each have a share of the turn that brings their next read.
const COOL_DOWN = 1_000;

/** Who goes on when its turn comes. */
interface ShareOwner {
  goOn(): void;
}

/**
 * Gives each connection its share of a turn of the event loop. Who wants more waits for a turn of its
 * own, of which there is one at a time, so that peers that flood the server slow down only each other.
 *
 * What it charges is what is not seen to take time in such a turn: EventLoopTurns adds the rest.
 */
export class FairShare {
  /** Whether a turn of its own is still to come. */
  isWaiting = false;
  /** What others get of the event loop for what this one takes. */
  readonly othersPerMillisecond: number;
  private isOnTurn = false;
  private spent = 0;
  private turn = -1;
  /** When it has cooled down; 0 for who did not use up its share. */
  private heavyUntil = 0;
  private isDeferred = false;

  constructor(
    private readonly webSocket: WebSocket,
    { maxHeavySharePercent }: Pick<SocketsLimits, 'maxHeavySharePercent'>,
    private readonly owner: ShareOwner,
    private readonly turns = allTurns,
  ) {
    this.othersPerMillisecond = Math.max(0, 100 / maxHeavySharePercent - 1);
  }

  /** Whether something is left of this turn. */
  hasLeft(): boolean {
    this.startTurn();
    if (this.isWaiting || this.spent >= TURN_BUDGET) return false;
    return !(this.isOnTurn && this.spent > 0 && this.turns.isLong);
  }

  /** Whether a frame may be handled now, and not only in a turn of its own. */
  admits(bytes: number): boolean {
    this.startTurn();
    if (this.isWaiting || this.isHeavy()) return false;
    if (this.spent + FRAME_COST + bytes < TURN_BUDGET) {
      this.turns.noteLight(this);
      return true;
    }
    this.becomeHeavy();
    return false;
  }

  /** Whether what will come of a message fits into this turn, if it is not one of its own. */
  affords(bytes: number): boolean {
    return this.isOnTurn || this.spent + bytes < TURN_BUDGET;
  }

  /** To be called for what was read of a message that is larger than a share, or of one that is not wanted. */
  chargeRead(bytes: number): void {
    this.owe(bytes);
    this.becomeHeavy();
  }

  /** To be called for each frame that is handled. What is beyond a share was charged when it was read. */
  chargeFrame(bytes: number): void {
    this.charge(Math.min(FRAME_COST + bytes, TURN_BUDGET));
  }

  /** To be called for what a frame causes: replies have to be sealed and written. */
  charge(bytes: number): void {
    this.startTurn();
    this.spent += bytes;
    const excess = this.spent - TURN_BUDGET;
    if (excess < 0) return;
    this.owe(Math.min(excess, bytes));
    this.becomeHeavy();
    this.defer(true);
  }

  waitForTurn(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.defer(true);
    this.turns.waitFor(this);
  }

  onTurn(): void {
    this.isWaiting = false;
    this.startTurn();
    this.isOnTurn = true;
    this.owner.goOn();
    this.isOnTurn = false;
  }

  private owe(bytes: number): void {
    this.turns.owe((bytes / BYTES_PER_MILLISECOND) * this.othersPerMillisecond);
  }

  private becomeHeavy(): void {
    this.heavyUntil = performance.now() + COOL_DOWN;
  }

  private isHeavy(): boolean {
    if (this.heavyUntil === 0) return false;
    if (performance.now() < this.heavyUntil) return true;
    this.heavyUntil = 0;
    return false;
  }

  private startTurn(): void {
    if (this.turn === this.turns.current) return;
    this.turn = this.turns.current;
    this.spent = 0;
    if (!this.isWaiting) this.defer(false);
  }

  // What ws has read already it would pass on all at once.
  private defer(isDeferred: boolean): void {
    if (this.isDeferred === isDeferred) return;
    this.isDeferred = isDeferred;
    deferNextFrame(this.webSocket, isDeferred);
  }
}
