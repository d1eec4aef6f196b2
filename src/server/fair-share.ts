import type { WebSocket } from 'ws';
import { deferNextFrame } from './web-socket.receiver.js';

// A small request costs about as much as 4 KiB more of a large one, so this is 16 small ones, or one
// message of 64 KiB or more. A read of 64 KiB may hold 900 requests, and one turn 32 such reads.
const FRAME_COST = 4 * 1024;
const TURN_BUDGET = 64 * 1024;

/**
 * Gives each connection its share of a turn of the event loop. What a peer sends beyond it waits in
 * ws, which stops reading meanwhile, so that who floods the server slows down only itself.
 */
export class FairShare {
  private spent = 0;

  constructor(private readonly webSocket: WebSocket) {}

  /** To be called for each frame before it is handled. */
  take(bytes: number): void {
    // Only a frame that waited for its turn finds the budget used up.
    if (this.isUsedUp) this.startTurn();
    this.spent += FRAME_COST + bytes;
    if (this.isUsedUp) deferNextFrame(this.webSocket, true);
  }

  startTurn(): void {
    if (this.isUsedUp) deferNextFrame(this.webSocket, false);
    this.spent = 0;
  }

  private get isUsedUp(): boolean {
    return this.spent >= TURN_BUDGET;
  }
}
