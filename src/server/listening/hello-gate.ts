import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { BoundedLog } from '../../logging/bounded-log.js';
import { traceOf } from '../../logging/log-text.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { HelloDesk, type HelloSession } from '../connection/hello-desk.js';
import { AuthFailures } from '../operations/auth-failures.js';
import { HandshakeRate } from '../operations/handshake-rate.js';
import { LimitLog } from '../operations/limit-log.js';
import type { Refusal } from './pending-upgrades.js';

const UNAUTHORIZED: Refusal = { status: 401, message: 'Unauthorized' };
const UNAVAILABLE: Refusal = { status: 503, message: 'Try again later' };

/** Decides whether who says hello becomes a WebSocket: PROTOCOL-V2.md V4.3 and V4.4. */
@Injectable()
export class HelloGate {
  private readonly logger = new Logger('SocketsUpgrade');
  private readonly log = new BoundedLog((line) => this.logger.error(line));
  private readonly rate: HandshakeRate;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly desk: HelloDesk,
    private readonly failures: AuthFailures,
    private readonly limitLog: LimitLog,
  ) {
    this.rate = new HandshakeRate(options.limits.maxHandshakesPerSecond);
  }

  /** What a peer is told whose version this server does not take. */
  refuseVersion(version: 1 | 2, ip: string): Refusal | undefined {
    const { versions } = this.options;
    if (versions.includes(version)) return undefined;
    const message = `This server does not speak version ${version}, but version ${versions.join(' and ')}`;
    return this.refuse('versions', ip, { status: 426, message });
  }

  async answer(subprotocols: readonly string[], ip: string): Promise<HelloSession | Refusal> {
    const wait = this.rate.take(this.options.limits.authTimeout / 2);
    if (wait === undefined) return this.refuse('maxHandshakesPerSecond', ip, UNAVAILABLE);
    if (wait > 0) await delay(wait, undefined, { ref: false });
    try {
      const session = await this.desk.answer(subprotocols);
      return session ?? this.refuse('badHello', ip, UNAUTHORIZED);
    } catch (error) {
      this.log.log('keyStore', () => `The key store failed: ${traceOf(error)}`);
      return this.refuse('keyStore', ip, UNAVAILABLE);
    }
  }

  /** The application's key store has not answered in the time that there is to authenticate. */
  keyStoreIsLate(ip: string): Refusal {
    const { authTimeout } = this.options.limits;
    const line = () =>
      `The key store has not answered within ${authTimeout} ms (option "authTimeout"); the upgrade is refused with 503`;
    this.log.log('keyStore', line);
    return this.refuse('keyStore', ip, UNAVAILABLE);
  }

  /**
   * How long who was refused is told nothing: PROTOCOL.md R8.2, as after the upgrade.
   * @returns 0 to tell at once
   */
  silenceFor({ status }: Refusal, ip: string): number {
    if (status !== UNAUTHORIZED.status) return 0;
    if (this.failures.hasTooMany(ip)) return Math.min(this.options.limits.authTimeout, 10_000);
    this.failures.note(ip);
    return 0;
  }

  private refuse(limit: string, ip: string, refusal: Refusal): Refusal {
    this.limitLog.refuse({ limit, ip, outcome: `HTTP ${refusal.status}` });
    return refusal;
  }
}
