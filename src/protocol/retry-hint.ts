const HINT = /; retry within (\d{1,5}) ms$/;

/** The reason of a close that says over how many milliseconds clients are to come back: PROTOCOL.md R9.7. */
export function withRetryHint(reason: string, milliseconds: number): string {
  return `${reason}; retry within ${milliseconds} ms`;
}

/** How many they are, in a reason that says so. */
export function retryHintIn(reason: string): number | undefined {
  const match = HINT.exec(reason);
  return match ? Number(match[1]) : undefined;
}
