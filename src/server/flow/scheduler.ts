import { turns as allTurns } from './event-loop.turns.js';

/** Bytes that a connection may have handled in a turn, and then in each round of those that wait. */
export const QUANTUM = 72 * 1024;

// A small message costs as much as 4 KiB more of a large one, so a quantum is 16 small ones.
const FRAME_COST = 4 * 1024;

// What is handled at once in one turn, of all connections together: 5 ms of small messages.
const TURN = 32 * QUANTUM;

// Milliseconds between two looks at what others sent meanwhile.
const SLICE = 1;

/** The messages that one connection sends. */
export interface Flow {
  /** Bytes that it may still have handled. Below zero it sits out rounds. */
  credit: number;
  /** The turn in which it last got credit without waiting for it. */
  turn: number;
  /** Whether it waits, or has just had what waited handled. */
  isListed: boolean;
  /** Whether something waits that may be handled now. */
  readonly isReady: boolean;
  /** Handles what waits, as long as there is credit. */
  serve(): void;
}

/**
 * Shares the event loop among connections: deficit round robin, new flows first (FQ-CoDel, RFC 8290,
 * sections 4.1 and 4.2). Who asks for little is served at once. Who asks for more waits, and gets a
 * quantum in each round of those that wait; between them the event loop takes in what others sent.
 *
 * It conserves work: while anything waits the next round is due, and nothing here waits for a time.
 */
export class Scheduler {
  private readonly newFlows: Flow[] = [];
  private readonly oldFlows: Flow[] = [];
  private isRunning = false;
  private sliceEndsAt = 0;
  private turn = 0;
  private spentInTurn = 0;

  constructor(private readonly turns: { readonly current: number } = allTurns) {}

  /** Whether a frame of so many bytes may be handled now; if so, it has been paid for. */
  admits(flow: Flow, bytes: number): boolean {
    if (flow.isListed) return false;
    this.startTurn(flow);
    const cost = FRAME_COST + bytes;
    if (cost > flow.credit || this.spentInTurn >= TURN) return false;
    this.spentInTurn += cost;
    flow.credit -= cost;
    return true;
  }

  /** A flow pays for a message of so many bytes that waited. */
  charge(flow: Flow, bytes: number): void {
    flow.credit -= FRAME_COST + bytes;
  }

  /** Has a flow be served in the rounds to come. */
  add(flow: Flow): void {
    if (flow.isListed) return;
    flow.isListed = true;
    this.newFlows.push(flow);
    if (!this.isRunning) setImmediate(this.startSlice);
    this.isRunning = true;
  }

  private startTurn(flow: Flow): void {
    const { current } = this.turns;
    if (this.turn !== current) this.spentInTurn = 0;
    this.turn = current;
    if (flow.turn !== current) flow.credit = Math.min(QUANTUM, flow.credit + QUANTUM);
    flow.turn = current;
  }

  private readonly startSlice = () => {
    this.sliceEndsAt = performance.now() + SLICE;
    this.serveNext();
  };

  private serveNext(): void {
    const flow = this.next();
    this.isRunning = flow !== undefined;
    if (!flow) return;
    flow.serve();
    // Most handlers go on in microtasks, and a tick that one of those asks for comes after all of them.
    queueMicrotask(this.afterMicrotasks);
  }

  private readonly afterMicrotasks = () => process.nextTick(this.goOn);

  private readonly goOn = () => {
    if (performance.now() < this.sliceEndsAt) this.serveNext();
    else setImmediate(this.startSlice);
  };

  /** Whose turn it is: the first that is ready, and has credit once it got that of this round. */
  private next(): Flow | undefined {
    for (;;) {
      const isNew = this.newFlows.length > 0;
      const flow = isNew ? this.newFlows.shift() : this.oldFlows.shift();
      if (!flow) return undefined;
      // One that has nothing left stays for a round, or it could be new all the time.
      flow.isListed = flow.isReady || isNew;
      if (flow.isListed) this.oldFlows.push(flow);
      if (!flow.isReady) continue;
      if (flow.credit <= 0) flow.credit += QUANTUM;
      if (flow.credit > 0) return flow;
    }
  }
}

/** There is one event loop for the whole process, and all servers in it share it. */
export const scheduler = new Scheduler();
