/** Somebody who has something to write at the end of a turn. */
interface Writer {
  flush(): void;
}

/** A peer that wants more than its share of a turn. */
interface HeavyPeer {
  onTurn(): void;
}

// A message of 1 MiB takes the server some 4 ms, which nobody can interrupt. Eight more for everybody
// else keep such peers together at a third of its time, and still let in 80 MiB a second.
const BYTES_PER_MILLISECOND = 128 * 1024;

// So long after the last message of somebody else there is reason to expect another, in ms.
const OTHERS_STAY_FOR = 100;

/**
 * The turns of the event loop. Each ends like this: what waits to be written is written, and then one
 * of the peers that want more than their share goes on.
 */
export class EventLoopTurns {
  private turn = 0;
  private endIsDue = false;
  private writers: Writer[] = [];
  private readonly heavyPeers: HeavyPeer[] = [];
  private owedBytes = 0;
  /** When what was owed is made up for. */
  private settledAt = 0;
  private othersWereActive = false;
  private othersSeenAt = -Infinity;
  private pause: NodeJS.Timeout | undefined;

  /** The number of this turn. */
  get current(): number {
    if (!this.endIsDue) this.endThisTurn();
    return this.turn;
  }

  /** Has somebody write at the end of this turn. */
  writeAtEnd(writer: Writer): void {
    this.writers.push(writer);
    if (!this.endIsDue) this.endThisTurn();
  }

  /** Has a peer go on in a turn of its own, after those that wait already. */
  waitFor(peer: HeavyPeer): void {
    this.heavyPeers.push(peer);
    if (!this.endIsDue) this.endThisTurn();
  }

  /** Somebody took so much beyond its share. */
  owe(bytes: number): void {
    this.owedBytes += bytes;
  }

  /** Somebody takes no more than its share, and should not have to wait for those who do. */
  noteOther(): void {
    this.othersWereActive = true;
  }

  private endThisTurn(): void {
    this.endIsDue = true;
    setImmediate(() => this.end());
  }

  private end(): void {
    this.endIsDue = false;
    this.turn++;
    const { writers } = this;
    this.writers = [];
    for (const writer of writers) writer.flush();
    if (this.owedBytes > 0) this.settle();
    if (this.heavyPeers.length > 0 && this.pause === undefined) this.serveHeavyPeer();
  }

  private settle(): void {
    const milliseconds = this.owedBytes / BYTES_PER_MILLISECOND;
    this.settledAt = Math.max(this.settledAt, performance.now() + milliseconds);
    this.owedBytes = 0;
  }

  private serveHeavyPeer(): void {
    const milliseconds = this.millisecondsForOthers();
    if (milliseconds >= 1) {
      this.pause = setTimeout(() => this.endPause(), milliseconds);
      return;
    }
    this.heavyPeers.shift()!.onTurn();
    if (this.heavyPeers.length > 0 && !this.endIsDue) this.endThisTurn();
  }

  private millisecondsForOthers(): number {
    const now = performance.now();
    if (this.othersWereActive) this.othersSeenAt = now;
    this.othersWereActive = false;
    return now - this.othersSeenAt < OTHERS_STAY_FOR ? this.settledAt - now : 0;
  }

  private endPause(): void {
    this.pause = undefined;
    if (!this.endIsDue) this.endThisTurn();
  }
}

/** There is one event loop for the whole process, and all servers in it share its turns. */
export const turns = new EventLoopTurns();
