/** A call into a process of its own. */
export interface Call {
  readonly id: number;
  readonly command: string;
  readonly args: readonly unknown[];
}

/** What came of it. */
export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  /** With the stack, as the process saw it. */
  readonly error?: string;
}

/** The methods of T that `Child` may call. */
export type Commands<T> = {
  [K in keyof T]: T[K] extends (...args: never[]) => unknown ? T[K] : never;
};

/** Serves the calls of `Child`, for as long as whoever started this process is there. */
export function serveCommands(commands: object): void {
  process.on('message', (call: Call) => void answer(commands as AnyCommands, call));
  process.once('disconnect', () => process.exit());
}

type AnyCommands = Record<string, (...args: readonly unknown[]) => unknown>;

async function answer(commands: AnyCommands, { id, command, args }: Call): Promise<void> {
  const reply = await run(commands, command, args);
  // Nobody may be left to hear it.
  if (process.connected) process.send?.({ id, ...reply } satisfies Reply);
}

async function run(
  commands: AnyCommands,
  command: string,
  args: readonly unknown[],
): Promise<Omit<Reply, 'id'>> {
  try {
    return { result: await commands[command]!(...args) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
