import { Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/**
 * Ends the server before Nest destroys anything of the application. Nest calls `onModuleDestroy()`
 * everywhere before it calls `beforeApplicationShutdown()` anywhere, so that handlers in flight would
 * find their database closed.
 */
@Injectable()
export class FirstToGo implements OnModuleDestroy {
  /** Awaited before anything else is told that the application ends. */
  end: (() => Promise<void>) | undefined;

  constructor(modules: ModulesContainer) {
    // Nest destroys the root module first, which is at distance 0, and then what it imports.
    for (const module of modules.values()) {
      if (module.metatype === FirstToGoModule) module.distance = -1;
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.end?.();
  }
}

/** Apart from SocketsModule, whose place among the modules says when the server starts to listen. */
@Module({ providers: [FirstToGo], exports: [FirstToGo] })
export class FirstToGoModule {}
