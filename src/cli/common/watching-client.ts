import { EventEmitter } from 'node:events';
import type { SocketClientEvents } from '../../client/core/client.events.js';
import {
  resolveClientOptions,
  type SocketClientOptions,
} from '../../client/core/client.options.js';
import type { ClientConnection } from '../../client/core/client-connection.js';
import { ConnectionKeeper } from '../../client/core/connection-keeper.js';
import type { OutgoingRequest } from '../../client/core/outgoing-request.js';
import { nodePlatform } from '../../client/node/node.platform.js';
import { ErrorCode, type ErrorBody } from '../../protocol/error-body.js';
import { AUTH, assertSendable, ofTheFramework } from '../../protocol/message-name.js';
import type { RequestOptions } from '../../protocol/request-options.js';

/** What a watching client tells of what the server sends by itself. */
export interface Watcher {
  warn(message: string): void;
  /** The server's reply to `auth`. */
  onAccepted(response: unknown): void;
  /** A push of any name. */
  onPush(name: string, data: unknown): void;
  /** The server asks, and was answered that nobody here can. */
  onAsk(name: string, data: unknown): void;
}

const NOBODY: ErrorBody = {
  code: ErrorCode.UnknownHandler,
  message: 'The command line of nestjs-sockets answers no questions',
};

/** A `SocketClient` that hears every push, where that one hears those that it has hooks for. */
export class WatchingClient {
  readonly events = new EventEmitter<SocketClientEvents>();
  private readonly keeper: ConnectionKeeper;

  /** @throws SocketsError `INVALID_OPTION` */
  constructor(options: SocketClientOptions, watcher: Watcher) {
    const warn = (message: string) => watcher.warn(message);
    const resolved = resolveClientOptions(options, warn, nodePlatform);
    this.keeper = new ConnectionKeeper(resolved, nodePlatform, this.events, {
      onAccepted: async (response) => watcher.onAccepted(response),
      onMessage: (name, payload) => watcher.onPush(name, payload),
      onErrorReply: (error) => void this.events.emit('errorReply', error),
      onAsk: (connection, { request, data }, id) => {
        refuse(connection, request, id);
        watcher.onAsk(request, data);
      },
    });
  }

  get isConnected(): boolean {
    return this.keeper.state === 'connected';
  }

  /** Rejects as `SocketClient.connect()` does. */
  connect(): Promise<void> {
    return this.keeper.connect();
  }

  close(): void {
    this.keeper.close();
  }

  /** Rejects as `SocketClient.request()` does. */
  async request(name: string, data: unknown, options: RequestOptions): Promise<unknown> {
    return this.keeper.connection.request(outgoing(name, data), options);
  }

  stream(name: string, data: unknown, signal: AbortSignal): AsyncIterableIterator<unknown> {
    return this.keeper.connection.stream(outgoing(name, data), signal);
  }

  send(name: string, data: unknown): void {
    this.keeper.connection.send(outgoing(name, data));
  }
}

function refuse(connection: ClientConnection, name: string, id: string | number): void {
  connection.answer(name, id, 'error', NOBODY);
}

function outgoing(name: string, data: unknown): OutgoingRequest {
  if (name === AUTH) throw ofTheFramework(name);
  return { request: assertSendable(name), data, trace: undefined };
}
