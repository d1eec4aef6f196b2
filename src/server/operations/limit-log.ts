import { Injectable, Logger } from '@nestjs/common';
import { BoundedLog } from '../../logging/bounded-log.js';
import { Traffic } from './traffic.js';

/** Something that a peer caused, as the log shows it. */
export interface LimitEvent {
  /** The option's name, or another stable word for the reason. */
  limit: string;
  ip: string;
  /** The connection's id, once it has one. */
  client?: number;
  /** What happened to the peer: a close code or an HTTP status. */
  outcome: string;
}

/** Logs which limit acted on whom. Values are escaped as JSON, so that no peer writes a log line. */
@Injectable()
export class LimitLog {
  private readonly logger = new Logger('SocketsLimits');
  private readonly log = new BoundedLog((line) => this.logger.warn(line));

  constructor(private readonly traffic: Traffic) {}

  /** Counts and logs that a peer was refused something, or ended, for that reason. */
  refuse(event: LimitEvent): void {
    this.traffic.refuse(event.limit);
    this.report(event);
  }

  /** Logs it only. */
  report(event: LimitEvent): void {
    this.log.log(`limit=${event.limit}`, () => format(event));
  }
}

function format({ limit, ip, client, outcome }: LimitEvent): string {
  const who = client === undefined ? '' : ` client=${client}`;
  return `limit=${limit}${who} ip=${JSON.stringify(ip)} outcome=${JSON.stringify(outcome)}`;
}
