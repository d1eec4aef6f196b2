import { Inject, Injectable } from '@nestjs/common';
import { CloseCode } from '../../protocol/close-code.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { Connection } from '../connection/connection.js';
import { Traffic } from '../operations/traffic.js';

const ONE_SECOND = 1_000;

/** Counts what comes in, and refuses peers that send too many messages. */
@Injectable()
export class Admission {
  private readonly maxUnauthenticated: number;
  private readonly maxPerSecond: number;

  constructor(
    @Inject(SOCKETS_OPTIONS) { limits }: ResolvedSocketsOptions,
    private readonly traffic: Traffic,
  ) {
    this.maxUnauthenticated = limits.maxUnauthenticatedMessages;
    this.maxPerSecond = limits.maxMessagesPerSecond;
  }

  /** Whether a frame may be looked at. If not, the connection is closed by now. */
  admits(connection: Connection, frame: Buffer): boolean {
    if (connection.isEnded) return false;
    this.traffic.messagesIn++;
    this.traffic.bytesIn += frame.length;
    if (connection.isAuthenticated) return this.isWithinRate(connection);
    if (++connection.unauthenticatedMessages <= this.maxUnauthenticated) {
      return !connection.isIgnored;
    }
    connection.refuse(
      'maxUnauthenticatedMessages',
      CloseCode.TooMany,
      'too many messages before authentication',
    );
    return false;
  }

  private isWithinRate(connection: Connection): boolean {
    if (this.maxPerSecond === Infinity) return true;
    if (connection.rate.countWithin(ONE_SECOND) <= this.maxPerSecond) return true;
    connection.refuse('maxMessagesPerSecond', CloseCode.TooMany, 'too many messages per second');
    return false;
  }
}
