import {
  deriveGlobalKey,
  plainHandshake,
  SealedHandshake,
  type Handshake,
} from '../envelope/handshake.js';
import { CloseCode } from '../protocol/close-code.js';
import { DEFAULT_LIMITS } from '../protocol/limits.js';
import type { MessageId } from '../protocol/message.js';
import { SocketsError } from '../sockets.errors.js';
import { ClientConnection, type ConnectionListener } from './client-connection.js';
import { clientClosed, notConnected, reconnectFailed, type CloseInfo } from './client.errors.js';
import type { ClientEvents, SocketClientState } from './client.events.js';
import type { ResolvedClientOptions } from './client.options.js';
import { reconnectDelay } from './reconnect-delay.js';

/** Makes connections one after the other: PROTOCOL.md, section 9. */
export class ConnectionKeeper {
  state: SocketClientState = 'idle';
  private current: ClientConnection | undefined;
  private running: Promise<void> | undefined;
  private handshake: Promise<Handshake> | undefined;
  private isStopped = false;
  private interrupt = new AbortController();
  private skipDelay: (() => void) | undefined;

  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly events: ClientEvents,
    private readonly listener: Omit<ConnectionListener, 'onAuthenticated' | 'onGone'>,
  ) {}

  /** @throws SocketsError `NOT_CONNECTED` */
  get connection(): ClientConnection {
    if (this.current && this.state === 'connected') return this.current;
    throw notConnected(this.state);
  }

  /** Answers an ask; an answer that finds no connection any more interests nobody. */
  answer(request: string, id: MessageId, field: 'response' | 'error', payload: unknown): void {
    this.current?.answer(request, id, field, payload);
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
    this.state = 'closed';
    // An attempt is cut short; a connection sends what it has been given before it ends.
    if (this.current) this.leave('closed by the client');
    else this.interrupt.abort();
    this.skipDelay?.();
  }

  private leave(reason: string): void {
    this.current?.close(CloseCode.Normal, reason);
    this.current = undefined;
  }

  private start(state: 'connecting' | 'reconnecting'): Promise<void> {
    if (this.running) return this.isStopped ? this.startAfter(this.running, state) : this.running;
    this.isStopped = false;
    this.interrupt = new AbortController();
    this.state = state;
    this.running = this.tryUntilConnected().finally(() => (this.running = undefined));
    return this.running;
  }

  /** A client that was closed in the middle of an attempt ends that first. */
  private async startAfter(
    ending: Promise<void>,
    state: 'connecting' | 'reconnecting',
  ): Promise<void> {
    await ending.catch(() => undefined);
    return this.start(state);
  }

  private async tryUntilConnected(): Promise<void> {
    let delays = 0;
    if (this.state === 'reconnecting') await this.backOff(1, delays++);
    for (let failures = 1; ; failures++) {
      try {
        return await this.open();
      } catch (error) {
        this.giveUpIfHopeless(failures, error);
        this.state = 'reconnecting';
        await this.backOff(failures + 1, delays++);
      }
    }
  }

  private async open(): Promise<void> {
    this.throwIfStopped();
    this.handshake ??= prepareHandshake(this.options);
    const { signal } = this.interrupt;
    const listener: ConnectionListener = {
      ...this.listener,
      onAuthenticated: (connection) => this.use(connection),
      onGone: (connection, info) => this.lost(connection, info),
    };
    const handshake = await this.handshake;
    this.throwIfStopped();
    await ClientConnection.open(this.options, handshake, listener, signal);
    this.throwIfStopped();
  }

  private use(connection: ClientConnection): void {
    if (this.isStopped) return connection.close(CloseCode.Normal);
    this.current = connection;
    this.state = 'connected';
  }

  private giveUpIfHopeless(failures: number, error: unknown): void {
    this.throwIfStopped();
    const { reconnect } = this.options;
    const isRejected = error instanceof SocketsError && error.code === 'AUTH_REJECTED';
    const isWorthAnother = reconnect !== false && failures < reconnect.maxAttempts;
    if (!isRejected && isWorthAnother) return;
    this.state = 'failed';
    throw isRejected || reconnect === false ? error : reconnectFailed(failures, error);
  }

  private throwIfStopped(): void {
    if (this.isStopped) throw clientClosed();
  }

  /** @param delays How many there were before this one: each has twice the bound of the last. */
  private async backOff(attempt: number, delays: number): Promise<void> {
    const { reconnect } = this.options;
    if (reconnect === false) return;
    const delay = reconnectDelay(delays, reconnect);
    this.events.emit('reconnecting', { attempt, delay });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.skipDelay = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.skipDelay = undefined;
    this.throwIfStopped();
  }

  private lost(connection: ClientConnection, info: CloseInfo): void {
    const wasInUse = connection === this.current;
    if (wasInUse) this.current = undefined;
    if (wasInUse) this.state = this.options.reconnect === false ? 'failed' : 'reconnecting';
    this.events.emit('disconnect', info);
    if (!wasInUse || this.state !== 'reconnecting') return;
    this.start('reconnecting').then(
      () => this.events.emit('reconnected'),
      (error: SocketsError) => {
        if (!this.isStopped) this.events.emit('reconnectFailed', error);
      },
    );
  }
}

async function prepareHandshake({
  encryption,
  authKey,
}: ResolvedClientOptions): Promise<Handshake> {
  if (!encryption) return plainHandshake;
  const { authReplayWindow, replayWindow } = DEFAULT_LIMITS;
  return new SealedHandshake(await deriveGlobalKey(authKey), {
    handshake: authReplayWindow,
    session: replayWindow,
  });
}
