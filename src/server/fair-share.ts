import type { WebSocket } from 'ws';
import { deferNextFrame } from './web-socket.receiver.js';

// A small request costs about as much as 4 KiB more of a large one, so this is 16 small ones, or one
// message of 64 KiB or more. A read of 64 KiB may hold 900 requests, and one turn 32 such reads.
const FRAME_COST = 4 * 1024;
const TURN_BUDGET = 64 * 1024;

// Peers that want more than their share divide one budget: otherwise many sessions would together
// take what a single one cannot. The event loop is one for the whole process, and so are these.
let wantMoreNow = 0;
let wantedMoreLastTurn = 1;

function noteThatOneWantsMore(): void {
  if (wantMoreNow++ === 0) setImmediate(endTurn);
}

function endTurn(): void {
  wantedMoreLastTurn = wantMoreNow;
  wantMoreNow = 0;
}

/**
 * Gives each connection its share of a turn of the event loop. What a peer sends beyond it waits in
 * ws, which stops reading meanwhile, so that who floods the server slows down only itself.
 */
export class FairShare {
  private spent = 0;
  private isDeferred = false;
  /** Whether it used up its share lately; who never does keeps a whole one. */
  private wantsMore = false;

  constructor(private readonly webSocket: WebSocket) {}

  /** To be called for each frame before it is handled. */
  take(bytes: number): void {
    // Only a frame that waited for its turn finds the budget used up.
    if (this.isDeferred) this.startTurn();
    this.charge(FRAME_COST + bytes);
  }

  /** To be called for what a frame causes: replies have to be sealed and written. */
  charge(bytes: number): void {
    this.spent += bytes;
    const budget = this.wantsMore ? TURN_BUDGET / wantedMoreLastTurn : TURN_BUDGET;
    if (this.isDeferred || this.spent < budget) return;
    this.isDeferred = true;
    this.wantsMore = true;
    deferNextFrame(this.webSocket, true);
    noteThatOneWantsMore();
  }

  startTurn(): void {
    this.spent = 0;
    this.wantsMore = this.isDeferred;
    if (!this.isDeferred) return;
    this.isDeferred = false;
    deferNextFrame(this.webSocket, false);
  }
}
