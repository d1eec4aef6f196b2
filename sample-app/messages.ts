import type { CatalogueGame } from './games/game-catalogue.service.js';

/** What the hall's server and clients say to each other, besides the DTOs that the server validates. */

/** A game as a worker sees it: it is not told which ones are illegal. */
export type Game = Pick<CatalogueGame, 'gameId' | 'pgn'>;

/** `scanGames`, pushed to all workers. The workers take the games in turn, in the order of `workers`. */
export interface ScanGames {
  readonly games: readonly Game[];
  readonly workers: readonly string[];
}

/** `watchProgress`, one item per percent. The last one holds the summary. */
export interface Progress {
  readonly judged: number;
  readonly total: number;
  readonly summary?: Summary;
}

export interface Summary {
  readonly games: number;
  readonly legalGames: number;
  readonly valid: number;
  readonly invalid: number;
  /** How many of the deliberately illegal games were judged invalid. */
  readonly caught: number;
  readonly seconds: number;
  readonly connections: number;
  /** Versions of the wire that they speak. */
  readonly versions: readonly number[];
  /** Lost, misjudged or twice judged games; empty when all went well. */
  readonly problems: readonly string[];
  /** Of a hall on several nodes. */
  readonly cluster?: ClusterSummary;
}

export interface ClusterSummary {
  readonly nodes: readonly NodeSummary[];
  /** How many workers heard the announcement exactly once. */
  readonly heardOnce: number;
  /** How many games were handed out again, because a connection was lost. */
  readonly handedOutAgain: number;
}

export interface NodeSummary {
  readonly name: string;
  /** Whether it was lost before the end. */
  readonly isLost: boolean;
  /** How many workers were on it when the games were judged. */
  readonly workers: number;
}

/** `announcement`, broadcast when a round is over. */
export interface Announcement {
  readonly msg: string;
  readonly games: number;
  readonly valid: number;
  readonly invalid: number;
}
