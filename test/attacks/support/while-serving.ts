/** Asks the server to echo a number. */
export type Ask = (n: number) => Promise<unknown>;

/**
 * Lets honest peers ask without a pause for as long as the attack goes on. Resolves with what came of
 * the attack, and how many answers each of them got; rejects when one gets none, or a wrong one.
 */
export async function whileServing<T>(
  asks: readonly Ask[],
  attack: () => Promise<T>,
): Promise<{ result: T; served: number[] }> {
  const over = new AbortController();
  const keepAsking = async (ask: Ask): Promise<number> => {
    let count = 0;
    for (; !over.signal.aborted; count++) {
      const answer = await ask(count);
      if (answer !== count) throw new Error(`The answer to ${count} was ${String(answer)}`);
    }
    return count;
  };
  const attacking = attack().finally(() => over.abort());
  const [result, served] = await Promise.all([attacking, Promise.all(asks.map(keepAsking))]);
  return { result, served };
}
