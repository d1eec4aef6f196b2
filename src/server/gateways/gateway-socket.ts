import { EventEmitter } from 'node:events';
import { SocketsError } from '../../protocol/sockets.errors.js';
import type { HookRunner } from '../connection/hook-runner.js';
import type { JoinOptions } from '../connection/client-rooms.js';
import type { ConnectedClient } from '../connection/connected-client.js';

const OPEN = 1;
const CLOSED = 3;

/**
 * A client as Nest's gateways know it: the part of a `ws` socket that they use. Whatever is sent
 * goes through the client, so it is sealed, and nothing else can be sent.
 */
export class GatewaySocket extends EventEmitter {
  private isClosed = false;

  constructor(
    /** The client as handlers know it. */
    readonly client: ConnectedClient,
  ) {
    super();
    // Each gateway of the application listens for the end.
    this.setMaxListeners(0);
  }

  /** As `ConnectedClient.id`. */
  get id(): number {
    return this.client.id;
  }

  /** As `ConnectedClient.authenticated`. */
  get authenticated(): boolean {
    return this.client.authenticated;
  }

  /** As `ConnectedClient.rooms`. */
  get rooms(): readonly string[] {
    return this.client.rooms;
  }

  /** As `ConnectedClient.join()`. */
  join(room: string, options?: JoinOptions): Promise<void> {
    return this.client.join(room, options);
  }

  /** As `ConnectedClient.leave()`. */
  leave(room: string): void {
    this.client.leave(room);
  }

  /** 1 while it is open, 3 afterwards, as of a WebSocket. */
  get readyState(): number {
    return this.isClosed ? CLOSED : OPEN;
  }

  /**
   * Sends a push. Takes JSON text as gateways write it, `{ event, data }`, which travels as
   * `{ request: event, data }`.
   * @throws SocketsError `INVALID_MESSAGE` for anything else
   */
  send(text: string | Buffer, ...rest: unknown[]): void {
    const { event, request, data } = parse(text);
    this.client.send({ request: (event ?? request) as string, data });
    const callback = rest.at(-1);
    if (typeof callback === 'function') process.nextTick(callback);
  }

  /** Sends a push to the peer, as Nest's exception filters do; local listeners hear only `close`. */
  override emit(event: string, data?: unknown, ...rest: unknown[]): boolean {
    if (event === 'close' || event === 'newListener' || event === 'removeListener') {
      return super.emit(event, data, ...rest);
    }
    return this.client.send({ request: event, data });
  }

  /** Resolves when more may be sent: at once, unless the client reads too slowly. */
  whenReady(): Promise<void> {
    return this.client.whenReady();
  }

  /** As `ConnectedClient.close()`. */
  close(code?: number, reason?: string): void {
    this.client.close(code, reason);
  }

  /** Closes it; what waits is sent before. */
  terminate(): void {
    this.client.close();
  }

  /** The connection is gone. Called by the adapter. */
  closed(code: number, reason: string, hooks: HookRunner): void {
    this.isClosed = true;
    const listeners = this.rawListeners('close');
    hooks.runListeners('A listener of close', listeners, this, [code, Buffer.from(reason)]);
  }
}

function parse(text: string | Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the error below, which says what is expected.
  }
  throw new SocketsError(
    'INVALID_MESSAGE',
    'A gateway can send only JSON text of the form { event, data } here: client.send(JSON.stringify({ event, data })).',
  );
}
