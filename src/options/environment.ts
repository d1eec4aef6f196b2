/** Variables of the environment, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of the process; empty where there is none, as in a browser. */
export function environment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}
