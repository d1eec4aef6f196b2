const MAX_EDITS = 2;

/** What somebody may have meant: what begins alike, or differs by a letter or two; undefined where nothing does. */
export function nearestTo(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, edits: isAkin(word, name) ? 1 : editsBetween(word, name) }))
    .filter(({ name, edits }) => edits <= MAX_EDITS && 2 * edits <= name.length)
    .toSorted((a, b) => a.edits - b.edits);
  return best?.name;
}

/** Whether one begins as the other does: `env-file` as `env`, `server-key` as `server-public-key`. */
function isAkin(word: string, name: string): boolean {
  const [first = ''] = word.split('-');
  return first.length > 2 && (name.startsWith(word) || name.split('-')[0] === first);
}

/** How many letters have to be put in, left out or changed. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of from.split('').entries()) {
    const next = [line + 1];
    for (const [column, other] of to.split('').entries()) {
      const changed = row[column]! + (letter === other ? 0 : 1);
      next.push(Math.min(changed, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
