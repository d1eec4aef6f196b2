/** The command line cannot be understood: it ends with exit code 2, and the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** The help of the command that it was. */
    readonly usage: string,
  ) {
    super(message);
  }
}
