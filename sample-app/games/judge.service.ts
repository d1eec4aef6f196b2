import { Injectable } from '@nestjs/common';
import { Chess } from 'chess.js';
import { OpeningBook } from '../openings/opening-book.service.js';
import { parseMoves } from './movetext.js';
import type { Verdict } from './verdict.js';

// chess.js takes it for a "null move", that is, for passing: no chess player may do that.
const NULL_MOVE = '--';
const LONGEST_MOVE = 'Qa1xb2+?!'.length;

/** Replays games by the rules of chess. */
@Injectable()
export class Judge {
  constructor(private readonly book: OpeningBook) {}

  judge(pgn: string): Verdict {
    const moves = parseMoves(pgn);
    if (moves.length === 0) return { valid: false, reason: 'There are no moves in this game' };
    const board = new Chess();
    const illegal = moves.findIndex((move) => !play(board, move));
    return illegal === -1 ? this.valid(board) : invalid(moves[illegal]!, illegal + 1);
  }

  private valid(board: Chess): Verdict {
    const moves = board.history();
    const { eco, name } = this.book.find(moves);
    return { valid: true, eco, opening: name, fen: board.fen(), plies: moves.length };
  }
}

function play(board: Chess, move: string): boolean {
  if (move.startsWith(NULL_MOVE)) return false;
  try {
    board.move(move, { strict: true });
    return true;
  } catch {
    return false;
  }
}

function abbreviate(move: string): string {
  return move.length > LONGEST_MOVE ? `${move.slice(0, LONGEST_MOVE)}…` : move;
}

function invalid(move: string, ply: number): Verdict {
  const player = ply % 2 === 1 ? 'White' : 'Black';
  return {
    valid: false,
    reason: `"${abbreviate(move)}" is not a legal move for ${player} at ply ${ply}`,
  };
}
