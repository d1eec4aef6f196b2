import type { Readable, Writable } from 'node:stream';

/** A stream of text that may be a terminal. */
export interface CliOutput extends Writable {
  readonly isTTY?: boolean;
  /** Where it is a terminal: whether it has colours, and NO_COLOR does not forbid them. */
  hasColors?(): boolean;
}

/** What a command reads from and writes to, so that tests can do both. */
export interface CliIo {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: CliOutput;
  /** For what is no result: progress and warnings. */
  readonly error: CliOutput;
  /**
   * Calls back when somebody wants the command to end.
   * @returns a function that takes that back
   */
  onInterrupt(action: () => void): () => void;
}

/** How a command ends. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2, Interrupted: 130 } as const;

/** The streams and signals of this process. */
export const processIo: CliIo = {
  input: process.stdin,
  output: process.stdout,
  error: process.stderr,
  onInterrupt: (action) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    // Once: whoever asks twice does not want to wait for a tidy end.
    for (const signal of signals) process.once(signal, action);
    return () => {
      for (const signal of signals) process.off(signal, action);
    };
  },
};
