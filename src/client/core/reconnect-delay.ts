/**
 * Milliseconds before the next attempt: exponential backoff with full jitter (PROTOCOL.md R9.3). A
 * random delay spreads the clients of a server that restarted over time.
 *
 * @param attempt How many delays there were since the last success, from 0.
 */
export function reconnectDelay(
  attempt: number,
  { baseDelay, maxDelay }: { baseDelay: number; maxDelay: number },
  random: () => number = Math.random,
): number {
  return Math.floor(random() * Math.min(maxDelay, baseDelay * 2 ** attempt));
}
