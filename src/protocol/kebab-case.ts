/**
 * What has that name, or else the same name in camelCase: the newest original peers take `scan-games`
 * for `scanGames` (PROTOCOL.md R4.9).
 */
export function findByName<T>(named: ReadonlyMap<string, T>, name: string): T | undefined {
  return named.get(name) ?? (name.includes('-') ? named.get(toCamelCase(name)) : undefined);
}

function toCamelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}
