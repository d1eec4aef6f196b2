import type { Verdict } from '../games/verdict.js';

/** Who is told of each verdict before the worker is. A class, so that it can be injected. */
export abstract class VerdictBook {
  /** @param gameId undefined for a game that is nobody's */
  abstract recordVerdict(gameId: number | undefined, verdict: Verdict): void | Promise<void>;
}
