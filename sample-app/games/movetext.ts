const RESULTS = new Set(['*', '1-0', '0-1', '1/2-1/2']);

/** The moves of a game in PGN, without its tags, comments, move numbers, glyphs and result. */
export function parseMoves(pgn: string): string[] {
  return pgn
    .replace(/^\[.*\]\s*$/gm, ' ')
    .replace(/\{[^}]*\}/g, ' ')
    .split(/\s+/)
    .map((word) => word.replace(/^\d+\.+/, ''))
    .filter((word) => word !== '' && !word.startsWith('$') && !RESULTS.has(word));
}

/** `['e4', 'e5', 'Nf3']` as `1. e4 e5 2. Nf3 *`. */
export function formatMoves(moves: readonly string[]): string {
  const numbered = moves.map((move, index) =>
    index % 2 === 0 ? `${index / 2 + 1}. ${move}` : move,
  );
  return [...numbered, '*'].join(' ');
}
