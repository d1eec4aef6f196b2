/** Two by two: so Lua returns maps. */
export function pairs(flat: readonly Buffer[]): [Buffer, Buffer][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index]!,
    flat[2 * index + 1]!,
  ]);
}
