import { Inject, Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { AuthFailures } from './auth-failures.js';
import { BoundedLog } from '../logging/bounded-log.js';
import { traceOf } from '../logging/log-text.js';
import { ConnectionCounts, type ConnectionPlace } from './connection-counts.js';
import type { ConnectionGuard, UpgradeRequest } from './connection-guard.js';
import { LimitLog } from './limit-log.js';

/** What an upgrade request is answered: PROTOCOL.md R1.4. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

const FORBIDDEN: Refusal = { status: 403, message: 'Forbidden' };

/** Decides whether an upgrade request becomes a WebSocket. */
@Injectable()
export class UpgradeGate {
  private readonly logger = new Logger('SocketsUpgrade');
  private guard: ConnectionGuard | undefined;
  private readonly log = new BoundedLog((line) => this.logger.error(line));

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly moduleRef: ModuleRef,
    private readonly counts: ConnectionCounts,
    private readonly failures: AuthFailures,
    private readonly limitLog: LimitLog,
  ) {}

  /** Finds the application's guard among its providers, or makes it. */
  async prepare(): Promise<void> {
    const { connectionGuard } = this.options;
    if (!connectionGuard) return;
    try {
      this.guard = this.moduleRef.get(connectionGuard, { strict: false });
    } catch {
      this.guard = await this.moduleRef.create(connectionGuard);
    }
  }

  get hasGuard(): boolean {
    return this.guard !== undefined;
  }

  /** What the limits and the origin say, at once. Whoever passes takes a place. */
  enter(request: IncomingMessage, ip: string): ConnectionPlace | Refusal {
    const exceeded = this.exceededLimit(ip);
    if (exceeded === 'maxConnections') {
      return this.refuse(exceeded, ip, { status: 503, message: 'The server is full' });
    }
    if (exceeded !== undefined) {
      return this.refuse(exceeded, ip, { status: 429, message: `Too many: ${exceeded}` });
    }
    if (!this.isAllowedOrigin(request)) return this.refuse('allowedOrigins', ip, FORBIDDEN);
    return this.counts.enter(ip);
  }

  /** What the application's guard says. */
  async askGuard(request: IncomingMessage, ip: string): Promise<Refusal | undefined> {
    if (!this.guard) return undefined;
    try {
      const answer = await this.guard.canConnect(describe(request, ip));
      if (answer === true) return undefined;
      const { status, message = 'Refused' } = answer === false ? FORBIDDEN : answer;
      return this.refuse('connectionGuard', ip, { status, message });
    } catch (error) {
      this.log.log('connectionGuard', () => `The connection guard failed: ${traceOf(error)}`);
      return this.refuse('connectionGuard', ip, FORBIDDEN);
    }
  }

  private exceededLimit(ip: string): string | undefined {
    if (this.failures.hasTooMany(ip)) return 'maxAuthFailuresPerMinute';
    return this.counts.exceededBy(ip);
  }

  private isAllowedOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
    const { allowedOrigins } = this.options;
    if (origin === undefined || allowedOrigins === '*') return true;
    if (allowedOrigins !== undefined) return allowedOrigins.includes(origin);
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  private refuse(limit: string, ip: string, refusal: Refusal): Refusal {
    this.limitLog.refuse({ limit, ip, outcome: `HTTP ${refusal.status}` });
    return refusal;
  }
}

function describe(request: IncomingMessage, ip: string): UpgradeRequest {
  const { pathname, searchParams } = addressOf(request);
  const { headers } = request;
  return { headers, query: searchParams, path: pathname, ip, origin: headers.origin };
}

/** The path of a request; an address that is none counts as the root. */
export function pathOf(request: IncomingMessage): string {
  return request.url === '/' ? '/' : addressOf(request).pathname;
}

function addressOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://localhost';
  return URL.canParse(url, base) ? new URL(url, base) : new URL(base);
}
