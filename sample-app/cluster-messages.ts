import type { Game } from './messages.js';
import type { Verdict } from './games/verdict.js';

/** What the organiser, the nodes and the workers say to each other when the hall is on several nodes. */

/** The rooms of the hall, on all nodes. */
export const ROOMS = {
  /** Everybody is in it, so that it is known who is where. */
  everybody: 'everybody',
  /** For those who watch: `board`. */
  hall: 'hall',
  /** For the organiser: `judged`. */
  verdicts: 'verdicts',
} as const;

/** Somebody in the hall: an item of the answer to `whoIsThere`. */
export interface Peer {
  /** Of the connection, over all nodes: a peer that comes back has another one. */
  readonly id: number;
  readonly node: number;
  /** In milliseconds since 1970. */
  readonly since: number;
  readonly role: string;
  readonly name: string;
  /** Of the wire. */
  readonly version: number;
}

/** `judged`: some node gave a verdict. */
export interface Judged {
  readonly gameId: number;
  readonly verdict: Verdict;
}

/** `handOut`: the organiser has games for a worker, on whatever node that is. */
export interface HandOut {
  readonly worker: number;
  readonly games: readonly Game[];
}

/** The worker's answer: ids of games, by what it heard of them. */
export interface Heard {
  readonly valid: readonly number[];
  readonly invalid: readonly number[];
  /** No verdict came back. */
  readonly failed: readonly number[];
}
