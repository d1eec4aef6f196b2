import { CloseCode } from '../../protocol/close-code.js';
import { retryHintIn } from '../../protocol/retry-hint.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import { ClientConnection } from './client-connection.js';
import type { ConnectionListener } from './connection-listener.js';
import {
  clientClosed,
  connectionGone,
  notConnected,
  reconnectFailed,
  refusedByHook,
  type CloseInfo,
} from './client.errors.js';
import type { ClientEvents, SocketClientState } from './client.events.js';
import { authDataOf } from './auth-data.js';
import type { ResolvedClientOptions } from './client.options.js';
import type { ClientPlatform } from './client-platform.js';
import type { ClientWire } from './client-wire.js';
import { emitEvent } from './emit-event.js';
import { RoomPositions } from './room-positions.js';
import { reconnectDelay } from './reconnect-delay.js';

/** Makes connections one after the other: PROTOCOL.md, section 9. */
export class ConnectionKeeper {
  state: SocketClientState = 'idle';
  private current: ClientConnection | undefined;
  private running: Promise<void> | undefined;
  private wire: Promise<ClientWire> | undefined;
  private isStopped = false;
  private hasBeenConnected = false;
  /** How often it was closed: the last word counts. */
  private closings = 0;
  private interrupt = new AbortController();
  private skipDelay: (() => void) | undefined;
  private unwatch: (() => void) | undefined;
  private readonly rooms: RoomPositions;
  /** Over how many ms the server wants its clients to come back, when it was it that went. */
  private spread: number | undefined;

  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly platform: ClientPlatform,
    private readonly events: ClientEvents,
    private readonly listener: Omit<
      ConnectionListener<ClientConnection>,
      'onAuthenticated' | 'onGone'
    >,
  ) {
    this.rooms = new RoomPositions(events);
  }

  /** @throws SocketsError `NOT_CONNECTED` */
  get connection(): ClientConnection {
    if (this.current && this.state === 'connected') return this.current;
    throw notConnected(this.state);
  }

  connect(): Promise<void> {
    if (this.state === 'connected') return Promise.resolve();
    return this.start('connecting');
  }

  /** Leaves the connection there is, if any, and makes another one without waiting. */
  reconnect(): Promise<void> {
    this.leave('reconnect');
    const done = this.start('connecting');
    this.skipDelay?.();
    return done;
  }

  close(): void {
    this.isStopped = true;
    this.closings++;
    this.state = 'closed';
    this.stopWatching();
    // An attempt is cut short; a connection sends what it has been given before it ends.
    if (this.current) this.leave('closed by the client');
    else this.interrupt.abort();
    this.skipDelay?.();
  }

  /** What was away is back: an attempt need not wait any longer, a connection shows that it lives. */
  private wake(): void {
    if (this.skipDelay === undefined) this.current?.probe();
    else if (this.platform.isOnline()) this.skipDelay();
  }

  private stopWatching(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private leave(reason: string): void {
    const { current } = this;
    this.current = undefined;
    current?.close(CloseCode.Normal, reason);
  }

  /** @param loss What ended the connection that there was, for one that comes back */
  private start(state: 'connecting' | 'reconnecting', loss?: Error): Promise<void> {
    if (this.running) return this.isStopped ? this.startAfter(this.running, state) : this.running;
    this.isStopped = false;
    this.interrupt = new AbortController();
    this.unwatch ??= this.platform.onWake(() => this.wake());
    this.state = state;
    // Not before it is known to run: a listener that it tells may ask for another.
    const running = Promise.resolve()
      .then(() => this.tryUntilConnected(loss))
      .finally(() => {
        if (this.running === running) this.running = undefined;
      });
    this.running = running;
    return running;
  }

  /** A client that was closed in the middle of an attempt ends that first. */
  private async startAfter(
    ending: Promise<void>,
    state: 'connecting' | 'reconnecting',
  ): Promise<void> {
    const { closings } = this;
    await ending.catch(() => undefined);
    if (closings !== this.closings) throw clientClosed();
    return this.start(state);
  }

  private async tryUntilConnected(loss: Error | undefined): Promise<void> {
    let delays = 0;
    let lastError = loss;
    if (lastError) await this.backOff(1, delays++, lastError);
    for (let failures = 1; ; failures++) {
      const connection = await this.open().catch((error: Error) => {
        this.giveUpIfHopeless(failures, error);
        lastError = error;
      });
      // It may be gone already: then another attempt is under way, which is over when it says so.
      if (connection) return connection === this.current ? undefined : this.running;
      this.state = 'reconnecting';
      await this.backOff(failures + 1, delays++, lastError!);
    }
  }

  private async open(): Promise<ClientConnection> {
    this.throwIfStopped();
    const { options, platform } = this;
    this.wire ??= platform.prepareWire(options);
    const { signal } = this.interrupt;
    const listener: ConnectionListener<ClientConnection> = {
      ...this.listener,
      onAuthenticated: (connection) => this.use(connection),
      onGone: (connection, info) => this.lost(connection, info),
    };
    const [wire, authData] = await Promise.all([this.wire, authDataOf(options)]);
    const { rooms } = this;
    const setup = { options, platform, wire, hello: await wire.sayHello(), authData, rooms };
    this.throwIfStopped();
    const connection = await ClientConnection.open(setup, listener, signal);
    await connection.accepted?.catch((error: unknown) => this.refuse(connection, error));
    this.throwIfStopped();
    return connection;
  }

  /** One that is gone already has been followed by an attempt that decides. */
  private refuse(connection: ClientConnection, error: unknown): void {
    if (connection !== this.current) return;
    this.leave('refused by a hook');
    throw refusedByHook(error);
  }

  /** The attempt ends here, and whoever reconnects from now on begins another one. */
  private use(connection: ClientConnection): void {
    if (this.isStopped) return connection.close(CloseCode.Normal);
    this.running = undefined;
    this.current = connection;
    this.hasBeenConnected = true;
    this.state = 'connected';
  }

  private giveUpIfHopeless(failures: number, error: Error): void {
    this.throwIfStopped();
    const { reconnect } = this.options;
    const isHopeless = this.isHopeless(error);
    const isWorthAnother = reconnect !== false && failures < reconnect.maxAttempts;
    if (!isHopeless && isWorthAnother) return;
    this.state = 'failed';
    this.stopWatching();
    throw isHopeless || reconnect === false ? error : reconnectFailed(failures, error);
  }

  /** Options that have worked once meet CANNOT_CONNECT only while something is being changed. */
  private isHopeless(error: Error): boolean {
    if (!(error instanceof SocketsError)) return false;
    const { code } = error;
    return code === 'AUTH_REJECTED' || (code === 'CANNOT_CONNECT' && !this.hasBeenConnected);
  }

  private throwIfStopped(): void {
    if (this.isStopped) throw clientClosed();
  }

  /** @param delays How many there were before this one: each has twice the bound of the last. */
  private async backOff(attempt: number, delays: number, error: Error): Promise<void> {
    const { reconnect } = this.options;
    if (reconnect === false) return;
    // While nothing can be reached, what is waited for is that something can.
    const delay = this.platform.isOnline() ? this.delay(delays, reconnect) : Infinity;
    const over = new Promise<void>((resolve) => {
      const timer = delay === Infinity ? undefined : setTimeout(resolve, delay);
      this.skipDelay = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    emitEvent(this.events, 'reconnecting', { attempt, delay, error });
    await over;
    this.skipDelay = undefined;
    this.throwIfStopped();
  }

  /** PROTOCOL.md R9.3 and R9.7. */
  private delay(delays: number, backOff: { baseDelay: number; maxDelay: number }): number {
    const { spread } = this;
    this.spread = undefined;
    if (spread === undefined) return reconnectDelay(delays, backOff);
    return Math.floor(Math.random() * spread);
  }

  private lost(connection: ClientConnection, info: CloseInfo): void {
    // Who left it, by close() or reconnect(), may listen for its end only after that.
    if (connection !== this.current) {
      return queueMicrotask(() => emitEvent(this.events, 'disconnect', info));
    }
    this.current = undefined;
    this.spread = info.code === CloseCode.GoingAway ? retryHintIn(info.reason) : undefined;
    this.state = this.options.reconnect === false ? 'failed' : 'reconnecting';
    emitEvent(this.events, 'disconnect', info);
    if (this.state === 'reconnecting') this.comeBack(connectionGone(info));
  }

  private comeBack(loss: Error): void {
    this.start('reconnecting', loss).then(
      () => emitEvent(this.events, 'reconnected'),
      (error: SocketsError) => {
        if (!this.isStopped) emitEvent(this.events, 'reconnectFailed', error);
      },
    );
  }
}
