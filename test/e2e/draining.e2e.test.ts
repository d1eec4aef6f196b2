import { Global, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { SocketHandler } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { deferred } from '../fixtures/deferred.js';
import { askForUpgrade } from '../fixtures/upgrade.js';

const startApp = useApps();

/** As every ORM has it. */
@Injectable()
class Database implements OnModuleDestroy {
  isOpen = true;

  onModuleDestroy(): void {
    this.isOpen = false;
  }
}

@Module({ providers: [Database], exports: [Database] })
class DatabaseModule {}

@Global()
@Module({ providers: [Database], exports: [Database] })
class GlobalDatabaseModule {}

@SocketHandler('work')
class WorkHandler {
  readonly started = deferred();
  readonly mayGoOn = deferred();

  constructor(private readonly database: Database) {}

  async server() {
    this.started.resolve();
    await this.mayGoOn.promise;
    return { foundOpen: this.database.isOpen };
  }
}

async function statusOfRefusal(port: number): Promise<number> {
  for (;;) {
    const { status } = await askForUpgrade(port);
    if (status !== 101) return status;
  }
}

describe('app.close() with a service that has onModuleDestroy()', () => {
  it.each([
    ['of the root module', { providers: [Database, WorkHandler] }],
    ['of a module below it', { imports: [DatabaseModule], providers: [WorkHandler] }],
    ['of a global module', { imports: [GlobalDatabaseModule], providers: [WorkHandler] }],
  ])('%s drains before it is destroyed', async (_where, parts) => {
    const app = await startApp({
      ...parts,
      options: { maxUnauthenticatedConnectionsPerIp: Infinity },
    });
    const { started, mayGoOn } = app.app.get(WorkHandler);
    const database = app.app.get(Database, { strict: false });
    const peer = await authenticatedRaw(app);
    const reply = peer.request('work');
    await started.promise;
    const closed = app.app.close();
    expect(await statusOfRefusal(app.port)).toBe(503);
    expect(database.isOpen).toBe(true);
    mayGoOn.resolve();
    expect(await reply).toMatchObject({ response: { foundOpen: true } });
    expect((await peer.untilClosed()).code).toBe(1001);
    await closed;
    expect(database.isOpen).toBe(false);
  });
});
