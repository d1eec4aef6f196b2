import { Injectable } from '@nestjs/common';
import { OpeningBook } from '../openings/opening-book.service.js';
import { spoil } from './illegal-games.js';
import { formatMoves } from './movetext.js';

/** A game to be judged, and what an honest judge must find. */
export interface CatalogueGame {
  readonly gameId: number;
  readonly pgn: string;
  readonly legal: boolean;
}

const LEGAL_GAMES_PER_ILLEGAL_ONE = 20;
const SHORTEST_GAME_TO_SPOIL = 4;

/** Every line of the opening book, and among them some that were made illegal on purpose. */
@Injectable()
export class GameCatalogue {
  readonly games: readonly CatalogueGame[];

  constructor(book: OpeningBook) {
    const lines = book.openings.map(({ moves }) => moves);
    const legal = lines.map((moves) => ({ moves, legal: true }));
    const illegal = lines
      .filter((moves) => moves.length >= SHORTEST_GAME_TO_SPOIL)
      .filter((_, index) => index % LEGAL_GAMES_PER_ILLEGAL_ONE === 0)
      .map((moves, index) => ({ moves: spoil(moves, index).moves, legal: false }));
    this.games = interleave(legal, illegal).map(({ moves, legal }, gameId) => ({
      gameId,
      pgn: formatMoves(moves),
      legal,
    }));
  }
}

function interleave<T>(many: readonly T[], few: readonly T[]): T[] {
  return many.flatMap((item, index) => {
    const guest = few[index / LEGAL_GAMES_PER_ILLEGAL_ONE];
    return guest === undefined ? [item] : [item, guest];
  });
}
