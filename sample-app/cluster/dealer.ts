import type { Heard, Peer } from '../cluster-messages.js';
import type { Game } from '../messages.js';

// So many that a worker is busy, and so few that little is done twice when a node goes.
const GAMES_AT_ONCE = 64;

/** What the dealer deals with. */
export interface Dealing {
  /** Has a worker judge games, on whatever node it is; rejects when the worker or a node is lost. */
  handOut(worker: Peer, games: readonly Game[], signal: AbortSignal): Promise<Heard>;
  onHeard(worker: Peer, heard: Heard): void;
  isDone(game: Game): boolean;
}

/** Hands out the games, some at a time, to whichever worker has none; and again what comes back. */
export class Dealer {
  /** How many games were handed out again. */
  handedOutAgain = 0;
  private workers: readonly Peer[] = [];
  private readonly pile: Game[];
  /** Who works, by name: as whom, and what ends the wait for the answer. */
  private readonly busy = new Map<string, { id: number; wait: AbortController }>();
  /** The ids of those that did not answer. A worker that comes back has another one. */
  private readonly gone = new Set<number>();

  constructor(
    games: readonly Game[],
    private readonly dealing: Dealing,
  ) {
    this.pile = [...games];
  }

  /** Somebody came or went. */
  update(workers: readonly Peer[]): void {
    this.workers = workers;
    for (const { name, id } of workers) {
      const errand = this.busy.get(name);
      // It is not any more where it was sent to work, and others need not wait until that is known.
      if (errand && errand.id !== id) errand.wait.abort();
    }
    this.deal();
  }

  /** The organiser itself was away: whoever did not answer may be there all the same. */
  startAfresh(): void {
    this.gone.clear();
  }

  private deal(): void {
    for (const worker of this.workers) {
      if (this.pile.length === 0) return;
      if (!this.busy.has(worker.name) && !this.gone.has(worker.id)) void this.send(worker);
    }
  }

  private async send(worker: Peer): Promise<void> {
    const games = this.pile.splice(0, GAMES_AT_ONCE);
    const wait = new AbortController();
    this.busy.set(worker.name, { id: worker.id, wait });
    try {
      this.dealing.onHeard(worker, await this.dealing.handOut(worker, games, wait.signal));
    } catch {
      this.gone.add(worker.id);
      this.takeBack(games);
    } finally {
      this.busy.delete(worker.name);
      this.deal();
    }
  }

  private takeBack(games: readonly Game[]): void {
    const left = games.filter((game) => !this.dealing.isDone(game));
    this.handedOutAgain += left.length;
    this.pile.unshift(...left);
  }
}
