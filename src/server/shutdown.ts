import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CloseCode } from '../protocol/close-code.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../options/sockets.options.js';
import { withRetryHint } from '../protocol/retry-hint.js';
import { ClusterCalls } from './cluster/cluster-calls.js';
import { Cluster } from './cluster/cluster.js';
import { ConnectionRegistry } from './connection/connection-registry.js';
import { Heartbeat } from './connection/heartbeat.js';
import { SocketEvents } from './connection/socket-events.js';
import { WebSocketListener } from './listening/web-socket.listener.js';

// How long peers get to answer the close frame before they are cut.
const CLOSE_GRACE = 1_000;
const SHUTTING_DOWN = 'shutting down';

/**
 * Ends the server without losing what is under way: no new connections, no new messages, the replies
 * of handlers in flight within `shutdownTimeout`, then close 1001.
 */
@Injectable()
export class Shutdown {
  private readonly logger = new Logger('SocketServer');
  private done: Promise<void> | undefined;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly listener: WebSocketListener,
    private readonly registry: ConnectionRegistry,
    private readonly heartbeat: Heartbeat,
    private readonly events: SocketEvents,
    private readonly cluster: Cluster,
    private readonly calls: ClusterCalls,
  ) {}

  /** Whether it was asked to end; there is no way back. */
  get hasBegun(): boolean {
    return this.done !== undefined;
  }

  run(): Promise<void> {
    return (this.done ??= this.drain());
  }

  private async drain(): Promise<void> {
    this.listener.stopAccepting();
    this.heartbeat.stop();
    const connections = [...this.registry.all()];
    const idle = Promise.all(connections.map((connection) => connection.drain()));
    const { shutdownTimeout } = this.options.limits;
    if (!(await isWithin(idle, shutdownTimeout))) this.warnOfHandlers();
    for (const connection of connections) connection.close(CloseCode.GoingAway, this.farewell());
    const gone = Promise.all(connections.map((connection) => connection.whenGone()));
    await isWithin(gone, CLOSE_GRACE);
    for (const connection of this.registry.all()) connection.terminate();
    await gone;
    if (!(await isWithin(this.events.settled(), shutdownTimeout))) this.warnOfHooks();
    this.calls.end();
    await this.cluster.stop();
    await this.listener.close();
    this.events.complete();
  }

  /** With other nodes about, clients are told to come to them one after the other: PROTOCOL.md R9.7. */
  private farewell(): string {
    if (!this.cluster.isShared) return SHUTTING_DOWN;
    return withRetryHint(SHUTTING_DOWN, this.options.drainSpread);
  }

  private warnOfHooks(): void {
    const { shutdownTimeout } = this.options.limits;
    this.logger.warn(
      `Hooks of ${this.events.hooksUnderWay} clients, onSocketDisconnect() and such, did not finish within ${shutdownTimeout} ms of the shutdown (option "shutdownTimeout")`,
    );
  }

  private warnOfHandlers(): void {
    const count = [...this.registry.all()].reduce(
      (sum, { intake }) => sum + intake.inbox.handlersInFlight,
      0,
    );
    const { shutdownTimeout } = this.options.limits;
    this.logger.warn(
      `${count} handlers did not finish within ${shutdownTimeout} ms of the shutdown; their replies are lost (option "shutdownTimeout")`,
    );
  }
}

async function isWithin(work: Promise<unknown>, timeout: number): Promise<boolean> {
  if (timeout === Infinity) return work.then(() => true);
  const stop = new AbortController();
  const late = delay(timeout, false, { signal: stop.signal }).catch(() => false);
  const inTime = await Promise.race([work.then(() => true), late]);
  stop.abort();
  return inTime;
}
