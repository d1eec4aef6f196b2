import type { Crew } from './crew.js';

/** Asks every worker, wherever it is, and who does not answer again when somebody came or went. */
export function callRoll<T>(
  names: readonly string[],
  crew: Crew,
  ask: (worker: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  return Promise.all(names.map((name) => reach(name, crew, ask)));
}

async function reach<T>(
  name: string,
  crew: Crew,
  ask: (worker: number, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (;;) {
    const wait = new AbortController();
    const changed = crew.changed().then(() => wait.abort());
    try {
      const worker = crew.worker(name);
      if (worker) return await ask(worker.id, wait.signal);
    } catch {
      // It has gone, or so has the organiser; or somebody came, and it may be this one.
    }
    await changed;
  }
}
