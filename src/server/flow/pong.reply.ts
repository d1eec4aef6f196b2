import type { WebSocket } from 'ws';
import { turns } from './event-loop.turns.js';

const OPEN = 1;
/**
 * Answers the pings of one peer: once for all that came in a turn, or while the last pong waits to be
 * written, with the payload of the last ping.
 */
export class PongReply {
  readonly textLength = 0;
  private payload: Buffer | undefined;
  private isDue = false;

  constructor(private readonly webSocket: WebSocket) {}

  answer(payload: Buffer): void {
    this.payload = payload;
    if (this.isDue) return;
    this.isDue = true;
    turns.writeAtEnd(this);
  }

  flush(): void {
    const { webSocket, payload } = this;
    this.payload = undefined;
    this.isDue = payload !== undefined && webSocket.readyState === OPEN;
    if (this.isDue) webSocket.pong(payload, false, () => this.flush());
  }
}
