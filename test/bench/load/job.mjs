// How a process that makes load talks to the bench that started it.
import { once } from 'node:events';

/** @returns {Promise<Record<string, any>>} what to do: the load of a scenario, and the server */
export async function assignJob() {
  const [job] = await once(process, 'message');
  return job;
}

/** @param {Error} error */
export function fail(error) {
  process.send({ error: error.message }, () => process.exit(1));
}

process.once('disconnect', () => process.exit());
