import { Injectable } from '@nestjs/common';
import { assertUsable } from '../handlers/handler.router.js';
import { HandlersExplorer } from '../handlers/handlers.explorer.js';
import type { SocketClient } from './socket-client.js';

interface ClientHookHost {
  client(payload: unknown, socket: SocketClient): unknown;
}

/** Binds the `client()` methods of `@SocketHandler()` providers to a client. */
@Injectable()
export class ClientHooksExplorer {
  constructor(private readonly explorer: HandlersExplorer) {}

  /** @throws SocketsError for a handler that cannot work */
  bind(client: SocketClient): void {
    for (const found of this.explorer.explore()) {
      assertUsable(found);
      const instance = found.wrapper.instance as Partial<ClientHookHost>;
      if (found.kind !== 'class' || typeof instance.client !== 'function') continue;
      client.on(found.name, (payload, socket) => instance.client?.(payload, socket));
    }
  }
}
