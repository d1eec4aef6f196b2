import { Inject, Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import type { SocketsLimits } from '../../protocol/limits.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { BoundedLog } from '../../logging/bounded-log.js';
import { traceOf } from '../../logging/log-text.js';
import { ConnectionCounts, type ConnectionPlace } from '../operations/connection-counts.js';
import type {
  ConnectionGuard,
  UpgradeRefusal,
  UpgradeRequest,
} from '../../options/connection-guard.js';
import { LimitLog } from '../operations/limit-log.js';
import { PeerAddresses } from './peer.addresses.js';
import type { Refusal } from './pending-upgrades.js';
import { UpgradeLine } from './upgrade.line.js';

const UNAVAILABLE: Refusal = { status: 503, message: 'Try again later' };
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
    private readonly limitLog: LimitLog,
    private readonly line: UpgradeLine,
    private readonly addresses: PeerAddresses,
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

  /** What the limits and the origin say, at once. Whoever passes takes a place, or waits for one. */
  enter(request: IncomingMessage, ip: string): ConnectionPlace | Refusal | 'wait' {
    if (!this.isAllowedOrigin(request)) return this.refuse('allowedOrigins', ip, FORBIDDEN);
    const exceeded = this.counts.exceededBy(ip);
    if (exceeded === undefined) return this.counts.enter(ip);
    if (isAboutStrangers(exceeded) && this.line.hasRoomFor(ip)) return 'wait';
    return this.refuseBy(exceeded, ip);
  }

  /** Nobody made room for it in time. */
  refuseLate(ip: string): Refusal {
    return this.refuseBy(this.counts.exceededBy(ip) ?? 'maxUnauthenticatedConnectionsPerIp', ip);
  }

  /** What the application's guard says. */
  async askGuard(request: IncomingMessage, ip: string): Promise<Refusal | undefined> {
    if (!this.guard) return undefined;
    try {
      const answer = await this.guard.canConnect(describe(request, ip));
      if (answer === true) return undefined;
      return this.refuse('connectionGuard', ip, refusalOf(answer));
    } catch (error) {
      this.log.log('connectionGuard', () => `The connection guard failed: ${traceOf(error)}`);
      return this.refuse('connectionGuard', ip, UNAVAILABLE);
    }
  }

  /** The application's guard has not answered in the time that there is to authenticate. */
  guardIsLate(ip: string): Refusal {
    const { authTimeout } = this.options.limits;
    const line = () =>
      `The connection guard has not answered within ${authTimeout} ms (option "authTimeout"); the upgrade is refused with 503`;
    this.log.log('connectionGuard', line);
    return this.refuse('connectionGuard', ip, UNAVAILABLE);
  }

  private refuseBy(limit: keyof SocketsLimits, ip: string): Refusal {
    const isFull = limit === 'maxConnections';
    const message = isFull ? 'The server is full' : `Too many: ${limit}`;
    return this.refuse(limit, ip, { status: isFull ? 503 : 429, message });
  }

  private isAllowedOrigin(request: IncomingMessage): boolean {
    const { allowedOrigins } = this.options;
    const { origin } = request.headers;
    if (origin === undefined || allowedOrigins === '*') return true;
    if (allowedOrigins !== undefined) return allowedOrigins.includes(origin);
    return isOriginOf(this.addresses.hostOf(request), origin);
  }

  private refuse(limit: string, ip: string, refusal: Refusal): Refusal {
    this.limitLog.refuse({ limit, ip, outcome: `HTTP ${refusal.status}` });
    return refusal;
  }
}

/** Whether somebody leaves or authenticates sooner or later, so that it pays to wait. */
function isAboutStrangers(limit: keyof SocketsLimits): boolean {
  return (
    limit === 'maxUnauthenticatedConnections' || limit === 'maxUnauthenticatedConnectionsPerIp'
  );
}

/** Whether a page of that origin comes from this host; the default port of its scheme may be named. */
function isOriginOf(host: string | undefined, origin: string): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  const address = `${page.protocol}//${host}`;
  return URL.canParse(address) && new URL(address).host === page.host;
}

/** @throws TypeError for what is no answer */
function refusalOf(answer: false | UpgradeRefusal): Refusal {
  const { status, message = 'Refused' } = answer === false ? FORBIDDEN : answer;
  const isStatus = Number.isInteger(status) && status >= 400 && status <= 599;
  if (isStatus && typeof message === 'string') return { status, message };
  throw new TypeError(
    'it answered neither true nor false nor { status: 401 | 403 | 429, message }',
  );
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
