/** What a parent sends to a process that may go. */
export const RELEASE = 'you may go';

/**
 * Calls `stop` when the process that started this one says so, or is gone, however it went, so that
 * no child outlives it. Does nothing in a process that was started by hand.
 */
export function stopWithParent(stop: () => Promise<void>): void {
  if (process.send === undefined) return;
  const leave = (): void => void stop().finally(() => process.exit());
  if (!process.connected) return leave();
  process.once('disconnect', leave);
  process.on('message', (message) => void (message === RELEASE && leave()));
  process.channel?.unref();
}

/** Sends a message to the process that started this one. @returns whether there is such a process */
export function tellParent(message: object): boolean {
  return process.send?.(message) ?? false;
}
