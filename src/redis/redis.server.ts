import { messageOf } from '../logging/message-of.js';

/** What a server says about itself. */
export interface RedisServer {
  /** New whenever it is started; empty where it is not told. */
  readonly run: string;
}

const OLDEST = [6, 2] as const;

/** A server that will not do, however often it is asked. */
export class UnsuitableServerError extends Error {
  override readonly name = 'UnsuitableServerError';
}

/** @throws UnsuitableServerError */
export function readServer(info: unknown): RedisServer {
  const text = String(info);
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(text)?.[1] ?? '';
  if (field('redis_mode') === 'cluster') {
    throw new UnsuitableServerError('it is a Redis Cluster, which is not supported');
  }
  const version = field('redis_version');
  if (version !== '' && isOlder(version)) {
    throw new UnsuitableServerError(`it is version ${version}, and has to be 6.2 or newer`);
  }
  return { run: field('run_id') };
}

/** Whether another attempt cannot help, since something has to be changed first. */
export function isHopeless(error: unknown): boolean {
  if (error instanceof UnsuitableServerError) return true;
  return /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR Client sent AUTH)/.test(messageOf(error));
}

/** Whether the server answered that it cannot serve, so that another connection may find one that can. */
export function isOutOfService(error: unknown): boolean {
  return /\b(READONLY|LOADING|MASTERDOWN|NOAUTH)\b/.test(messageOf(error));
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
