import { Global, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { SocketHandler, SocketServer, type SocketsError } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { deferred } from '../fixtures/deferred.js';
import { askForUpgrade } from '../fixtures/upgrade.js';
import { until } from '../helpers/until.js';

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

describe('server.isDraining', () => {
  it.each([
    ['app.close()', (app: SocketsTestApp) => app.app.close()],
    ['server.close()', (app: SocketsTestApp) => app.server.close()],
  ])('tells %s as long as handlers finish, until the address is gone', async (_what, close) => {
    const app = await startApp({ providers: [Database, WorkHandler] });
    const { started, mayGoOn } = app.app.get(WorkHandler);
    const state = () => [app.server.address() !== null, app.server.isDraining];
    const peer = await authenticatedRaw(app);
    const reply = peer.request('work');
    await started.promise;
    expect(state()).toEqual([true, false]);
    const closed = close(app);
    await until(() => app.server.isDraining);
    expect(state()).toEqual([true, true]);
    mayGoOn.resolve();
    await reply;
    await closed;
    expect(state()).toEqual([false, false]);
  });
});

describe('app.close() after a peer has left whose messages still wait', () => {
  @Injectable()
  class AskHandlers {
    readonly asked = deferred();

    constructor(private readonly server: SocketServer) {}

    @SocketHandler('askThatPeer')
    async askThatPeer(id: number): Promise<string> {
      const answer = this.server.request(id, 'question').catch(({ code }: SocketsError) => code);
      this.asked.resolve();
      return (await answer) as string;
    }
  }

  it('does not wait for the answer of that peer until the shutdownTimeout', async () => {
    const options = { maxHandlersInFlight: 1, shutdownTimeout: 50_000 };
    const app = await startApp({ providers: [AskHandlers, EchoHandler], options });
    const [peer, other] = [await authenticatedRaw(app), await authenticatedRaw(app)];
    const [id] = app.server.clientMap.keys();
    // The first waits for an answer of the peer itself, and the others for the end of the first.
    for (let turn = 1; turn <= 3; turn++) {
      peer.sendMessage({ request: 'askThatPeer', id: turn, data: id });
    }
    await app.app.get(AskHandlers).asked.promise;
    await other.request('echo', 'so that all have been read');
    await peer.terminate();
    for (let turn = 0; turn < 5; turn++) await other.request('echo', 'so that its end was seen');
    const startedAt = performance.now();
    await app.app.close();
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });
});
