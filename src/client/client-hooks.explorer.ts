import { Injectable } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { assertNotShadowed, instanceOf } from '../handlers/handler.instance.js';
import { assertUsable } from '../handlers/handler.router.js';
import { HandlersExplorer, type FoundHandler } from '../handlers/handlers.explorer.js';
import type { MessageHook } from './core/message-hooks.js';
import type { SocketClient } from './node/socket-client.js';

interface ClientHookHost {
  client(payload: unknown, socket: SocketClient): unknown;
}

/** Binds the `client()` methods of `@SocketHandler()` providers to a client. */
@Injectable()
export class ClientHooksExplorer {
  constructor(
    private readonly explorer: HandlersExplorer,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @throws SocketsError for a handler that cannot work */
  async bind(client: SocketClient): Promise<void> {
    for (const found of this.explorer.explore()) {
      assertUsable(found);
      const { client: hook } = found.type.prototype as Partial<ClientHookHost>;
      if (found.kind === 'class' && typeof hook === 'function') {
        client.on(found.name, await this.hookOf({ ...found, methodName: 'client' }));
      }
    }
  }

  private async hookOf(found: FoundHandler): Promise<MessageHook> {
    const { wrapper } = found;
    if (!wrapper.isDependencyTreeStatic()) return this.perMessage(found);
    const instance = (await instanceOf(wrapper, this.moduleRef)) as ClientHookHost;
    assertNotShadowed(found, instance);
    return (payload, socket) => instance.client(payload, socket);
  }

  /** Request scope: a new instance for each message, into which `REQUEST` is injected. */
  private perMessage({ name, wrapper }: FoundHandler): MessageHook {
    return async (payload: unknown, socket: SocketClient) => {
      const contextId = ContextIdFactory.create();
      const request = { client: socket, data: payload, request: name };
      this.moduleRef.registerRequestByContextId(request, contextId);
      const token = wrapper.token as never;
      const instance = await this.moduleRef.resolve<ClientHookHost>(token, contextId, {
        strict: false,
      });
      return instance.client(payload, socket);
    };
  }
}
