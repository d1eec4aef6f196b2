import { Injectable, Logger } from '@nestjs/common';
import { mapError } from '../../handlers/error-mapping.js';
import type { ErrorBody } from '../../protocol/error-body.js';
import { BoundedLog } from '../../logging/bounded-log.js';
import { traceOf } from '../../logging/log-text.js';
import { Traffic } from './traffic.js';

/** Where a failure happened. */
export interface FailureSource {
  /** The handler's class and method. */
  label: string;
  client: number;
}

/** What a handler's failure means: something for the peer, and for the log if nobody foresaw it. */
@Injectable()
export class FailureLog {
  private readonly logger = new Logger('SocketHandlers');
  private readonly log = new BoundedLog((line) => this.logger.error(line));

  constructor(private readonly traffic: Traffic) {}

  /** Counts the failure, logs an unexpected one once, and returns what the peer may know. */
  note(error: unknown, { label, client }: FailureSource): ErrorBody {
    this.traffic.handlerErrors++;
    const { body, expected } = mapError(error);
    if (!expected) {
      this.log.log(label, () => `${label} failed for client ${client}: ${traceOf(error)}`);
    }
    return body;
  }
}
