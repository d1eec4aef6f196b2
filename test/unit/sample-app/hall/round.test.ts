import { describe, expect, it } from '@jest/globals';
import type { Verdict } from '../../../../sample-app/games/verdict.js';
import { Round } from '../../../../sample-app/hall/round.js';
import type { Progress } from '../../../../sample-app/messages.js';

const VALID: Verdict = { valid: true, eco: 'B00', opening: 'KP', fen: '', plies: 1 };

function gamesOf(count: number) {
  return Array.from({ length: count }, (_, gameId) => ({ gameId, pgn: '1. e4', legal: true }));
}

function progressOf(round: Round): Progress[] {
  const seen: Progress[] = [];
  round.progress$.subscribe((progress) => seen.push(progress));
  return seen;
}

describe('a round', () => {
  it('is over when every worker has reported', () => {
    const round = new Round(gamesOf(2), ['Ann', 'Ben']);
    expect(round.report('Ann', { valid: 1, invalid: 0, failed: 0 })).toBe(true);
    expect(round.isOver).toBe(false);
    expect(round.report('Ben', { valid: 1, invalid: 0, failed: 0 })).toBe(true);
    expect(round.isOver).toBe(true);
  });

  it('takes one report from each worker, and none from others', () => {
    const round = new Round(gamesOf(2), ['Ann', 'Ben']);
    round.report('Ann', { valid: 1, invalid: 0, failed: 0 });
    expect(round.report('Ann', { valid: 1, invalid: 0, failed: 0 })).toBe(false);
    expect(round.report('Eve', { valid: 1, invalid: 0, failed: 0 })).toBe(false);
    expect(round.isOver).toBe(false);
  });

  it('does not wait for a worker that went away, but says so', () => {
    const round = new Round(gamesOf(1), ['Ann']);
    expect(round.leave('Ann')).toBe(true);
    expect(round.isOver).toBe(true);
    expect(round.close(1, [2]).problems).toContain('Ann went away without a report');
  });

  it('lets a worker go that has reported', () => {
    const round = new Round(gamesOf(1), ['Ann', 'Ben']);
    round.report('Ann', { valid: 1, invalid: 0, failed: 0 });
    expect(round.leave('Ann')).toBe(false);
  });

  it('shows one step of progress for each percent', () => {
    const round = new Round(gamesOf(1000), ['Ann']);
    const seen = progressOf(round);
    for (let gameId = 0; gameId < 1000; gameId++) round.recordVerdict(gameId, VALID);
    expect(seen).toHaveLength(101);
    expect(seen.at(0)).toEqual({ judged: 0, total: 1000 });
    expect(seen.at(1)).toEqual({ judged: 10, total: 1000 });
    expect(seen.at(-1)).toEqual({ judged: 1000, total: 1000 });
  });

  it('ends its progress with the summary', () => {
    const round = new Round(gamesOf(1), ['Ann']);
    const seen = progressOf(round);
    round.recordVerdict(0, VALID);
    round.report('Ann', { valid: 1, invalid: 0, failed: 0 });
    const summary = round.close(3, [2]);
    expect(seen.at(-1)).toEqual({ judged: 1, total: 1, summary });
    expect(summary).toMatchObject({
      games: 1,
      valid: 1,
      connections: 3,
      versions: [2],
      problems: [],
    });
  });
});
