/** Nothing came in time. */
export class MissedDeadlineError extends Error {
  override readonly name = 'MissedDeadlineError';
}

/**
 * Settles as `promise` does, or rejects when it has not in time. A process that was busy itself meanwhile
 * reads first what may have come.
 */
export async function withDeadline<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const miss = () => reject(new MissedDeadlineError(`no answer within ${milliseconds} ms`));
    timer = setTimeout(() => setImmediate(miss), milliseconds);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
