/** The command line cannot be understood: it ends with exit code 2, and a pointer at the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
