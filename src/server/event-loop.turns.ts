/** Somebody who has something to write at the end of a turn. */
interface Writer {
  flush(): void;
}

/** A peer that wants more than its share of a turn. */
interface HeavyPeer {
  /** How many milliseconds others get for each that it takes. */
  readonly othersPerMillisecond: number;
  onTurn(): void;
}

// The first millisecond of a turn is free: one that is over by then disturbs nobody.
const SHORT_TURN = 1;

// Whatever they owe, heavy peers never wait longer than so many milliseconds.
const MAX_PAUSE = 1_000;

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
  /** Whose turn it is, since when, and whose was the last one. */
  private onTurn: HeavyPeer | undefined;
  private onTurnSince = 0;
  private lastOnTurn: HeavyPeer | undefined;
  private owed = 0;
  /** When what was owed is made up for. */
  private settledAt = 0;
  /** Who took no more than its share since that was last looked at, and whether it was not the only one. */
  private lightPeer: object | undefined;
  private wereMoreLight = false;
  private othersSeenAt = -Infinity;
  private pause: NodeJS.Timeout | undefined;

  /** The number of this turn. */
  get current(): number {
    this.endSoon();
    return this.turn;
  }

  /** Has somebody write at the end of this turn. */
  writeAtEnd(writer: Writer): void {
    this.writers.push(writer);
    this.endSoon();
  }

  /** Has a peer go on in a turn of its own, after those that wait already. */
  waitFor(peer: HeavyPeer): void {
    this.heavyPeers.push(peer);
    this.serveSoon();
  }

  /** Whether the peer whose turn it is has had more than a short one. */
  get isLong(): boolean {
    return performance.now() - this.onTurnSince >= SHORT_TURN;
  }

  /** Others should get so many milliseconds before the next peer that wants more than its share. */
  owe(milliseconds: number): void {
    this.owed += milliseconds;
  }

  /** Somebody takes no more than its share, and should not have to wait for those who do. */
  noteLight(peer: object): void {
    if (this.lightPeer === undefined) this.lightPeer = peer;
    else if (this.lightPeer !== peer) this.wereMoreLight = true;
  }

  private endSoon(): void {
    if (this.endIsDue) return;
    this.endIsDue = true;
    setImmediate(() => this.end());
  }

  private end(): void {
    this.endIsDue = false;
    this.turn++;
    this.write();
    if (this.owed > 0) this.settle();
    if (this.heavyPeers.length > 0 && this.pause === undefined) this.serveHeavyPeer();
  }

  private write(): void {
    const { writers, lastOnTurn } = this;
    this.writers = [];
    this.lastOnTurn = undefined;
    const startedAt = lastOnTurn ? performance.now() : 0;
    for (const writer of writers) writer.flush();
    // Most of it is for its replies, which are the largest.
    if (lastOnTurn) this.charge(lastOnTurn, startedAt);
  }

  private settle(): void {
    const now = performance.now();
    this.settledAt = Math.min(Math.max(this.settledAt, now) + this.owed, now + MAX_PAUSE);
    this.owed = 0;
  }

  private serveHeavyPeer(): void {
    const milliseconds = this.millisecondsForOthers();
    if (milliseconds >= 1) {
      this.pause = setTimeout(() => this.endPause(), milliseconds);
      return;
    }
    this.onTurn = this.heavyPeers.shift()!;
    this.onTurnSince = performance.now();
    this.onTurn.onTurn();
    if (this.heavyPeers.length > 0) this.serveSoon();
  }

  private serveSoon(): void {
    this.endSoon();
    setImmediate(() => this.endHeavyTurn());
  }

  /** After what followed in microtasks: most handlers run in those. */
  private endHeavyTurn(): void {
    if (this.onTurn === undefined) return;
    this.charge(this.onTurn, this.onTurnSince);
    this.lastOnTurn = this.onTurn;
    this.onTurn = undefined;
  }

  private charge({ othersPerMillisecond }: HeavyPeer, since: number): void {
    const milliseconds = performance.now() - since - SHORT_TURN;
    if (milliseconds > 0) this.owe(milliseconds * othersPerMillisecond);
  }

  private millisecondsForOthers(): number {
    const now = performance.now();
    if (this.wereOthersActive()) this.othersSeenAt = now;
    this.lightPeer = undefined;
    this.wereMoreLight = false;
    if (now - this.othersSeenAt < OTHERS_STAY_FOR) return this.settledAt - now;
    // Nobody was there to wait for it, and who comes now has not waited.
    this.settledAt = now;
    return 0;
  }

  // Not the peer whose turn it is: it may have been light itself, before it became heavy.
  private wereOthersActive(): boolean {
    if (this.lightPeer === undefined) return false;
    return this.wereMoreLight || this.lightPeer !== this.heavyPeers[0];
  }

  private endPause(): void {
    this.pause = undefined;
    this.serveSoon();
  }
}

/** There is one event loop for the whole process, and all servers in it share its turns. */
export const turns = new EventLoopTurns();
