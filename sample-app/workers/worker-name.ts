/** Inject it for the name under which this worker authenticates. */
export const WORKER_NAME = Symbol('WORKER_NAME');
