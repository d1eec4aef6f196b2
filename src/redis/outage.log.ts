import { Logger } from '@nestjs/common';
import { BoundedLog } from '../logging/bounded-log.js';
import { messageOf } from '../logging/log-text.js';

/** Says once that Redis is away, and once that it is back. */
export class OutageLog {
  private readonly logger = new Logger('SocketsEngine');
  private readonly warnings = new BoundedLog((line) => this.logger.warn(line));
  private readonly goodNews = new BoundedLog((line) => this.logger.log(line));
  private isAway = false;

  /** It cannot be reached, for whatever reason, or still cannot. */
  away(error: unknown): void {
    if (this.isAway) return;
    this.isAway = true;
    this.warnings.log(
      'Redis',
      () =>
        `Redis cannot be reached (${reasonOf(error)}): trying again until it can. Meanwhile the nodes of the cluster do not hear of each other`,
    );
  }

  back(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.goodNews.log('Redis', () => 'Redis can be reached again');
  }

  /** The listener threw, which it must not: other messages wait behind this one. */
  listenerFailed(error: unknown): void {
    this.warnings.log('Message', () => `A message could not be handled: ${messageOf(error)}`);
  }
}

/** Why something failed. Node says nothing where several addresses of a host failed, but has a code. */
export function reasonOf(error: unknown): string {
  const code = (Object(error) as { code?: unknown }).code;
  return messageOf(error) || (typeof code === 'string' ? code : 'for an unknown reason');
}
