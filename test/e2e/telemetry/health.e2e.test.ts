import { Injectable, type Provider } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  TerminusModule,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { describe, expect, it } from '@jest/globals';
import { memoryEngine, type SocketsEngine, type SocketsOptions } from '../../../src/index.js';
import { SocketsHealthIndicator, type SocketsHealthOptions } from '../../../src/terminus/index.js';
import { connectRaw, useApps } from '../../fixtures/apps.js';
import { WorkHandler } from '../../fixtures/handlers.js';
import { until } from '../../helpers/until.js';

@Injectable()
class Health {
  constructor(
    private readonly health: HealthCheckService,
    private readonly sockets: SocketsHealthIndicator,
  ) {}

  /** What terminus answers, with 503 or without. */
  async check(options?: SocketsHealthOptions): Promise<HealthCheckResult> {
    try {
      return await this.health.check([() => this.sockets.isHealthy('sockets', options)]);
    } catch (error) {
      return (error as { getResponse(): HealthCheckResult }).getResponse();
    }
  }
}

/** That of terminus 11, which knows up and down only. */
const ofTerminus11 = {
  check: (key: string) => ({
    up: (data: object) => ({ [key]: { status: 'up', ...data } }),
    down: (data: object) => ({ [key]: { status: 'down', ...data } }),
  }),
};

/** An engine that a test takes away and gives back. */
function fragileEngine(): SocketsEngine & { isAvailable(value: boolean): void } {
  const engine = memoryEngine();
  let tell: (isAvailable: boolean) => void = () => undefined;
  return {
    isShared: true,
    isAvailable: (value) => tell(value),
    connect: (listener) => {
      tell = (value) => listener.onAvailable(value);
      return engine.connect(listener);
    },
  };
}

const startApp = useApps();

async function start(options: SocketsOptions = {}, more: Provider[] = []) {
  const providers = [Health, SocketsHealthIndicator, ...more];
  const app = await startApp({ imports: [TerminusModule], providers, options });
  return { app, health: app.app.get(Health) };
}

describe('The health of a server', () => {
  it('is up while it listens, and says what is in use', async () => {
    const { app, health } = await start({ maxConnections: 4, maxUnauthenticatedConnections: 10 });
    await app.connect();
    await connectRaw(app);
    await until(() => app.server.stats().connections === 2);
    const { status, details } = await health.check();
    expect(status).toBe('ok');
    expect(details['sockets']).toEqual({
      status: 'up',
      listening: true,
      draining: false,
      engine: 'none',
      connections: 2,
      shares: { maxConnections: 0.5, maxUnauthenticatedConnections: 0.1 },
    });
  });

  it('is down while it drains, although it still listens', async () => {
    const { app, health } = await start({}, [WorkHandler]);
    const { started, mayGoOn } = app.app.get(WorkHandler);
    const answer = (await app.connect()).request('work');
    await started.promise;
    const closed = app.server.close();
    const { status, error } = await health.check();
    expect(status).toBe('error');
    expect(error!['sockets']).toMatchObject({ status: 'down', listening: true, draining: true });
    mayGoOn.resolve();
    expect(await answer).toBe('done');
    await closed;
  });

  it('is down once it has closed', async () => {
    const { app, health } = await start();
    await app.server.close();
    const { status, error } = await health.check();
    expect(status).toBe('error');
    expect(error!['sockets']).toMatchObject({ status: 'down', listening: false, draining: false });
  });

  it('is down while more of a limit is in use than it may, and up again after that', async () => {
    const { app, health } = await start({ maxConnections: 10 });
    const clients = await Promise.all(Array.from({ length: 10 }, () => app.connect()));
    expect((await health.check()).status).toBe('ok');
    const { status, error } = await health.check({ maxShare: 0.9 });
    expect(status).toBe('error');
    expect(error!['sockets']).toMatchObject({ status: 'down', shares: { maxConnections: 1 } });
    clients[0]!.close();
    await until(() => app.server.stats().connections === 9);
    expect((await health.check({ maxShare: 0.9 })).status).toBe('ok');
  });

  it('has no share of a limit that is off', async () => {
    const { health } = await start({ maxConnections: Infinity });
    const { details } = await health.check({ maxShare: 0 });
    expect(details['sockets']).toMatchObject({ status: 'up', shares: { maxConnections: 0 } });
  });

  it('is degraded while the engine is away, and down where it is needed', async () => {
    const engine = fragileEngine();
    const { app, health } = await start({ engine });
    expect((await health.check()).details['sockets']).toMatchObject({ engine: 'available' });
    engine.isAvailable(false);
    // Of terminus 12; 11 has no other word than up.
    const hasDegraded = 'degraded' in app.app.get(HealthIndicatorService).check('any');
    const away = { status: hasDegraded ? 'degraded' : 'up', engine: 'away' };
    expect((await health.check()).details['sockets']).toMatchObject(away);
    const { status, error } = await health.check({ needsEngine: true });
    expect(status).toBe('error');
    expect(error!['sockets']).toMatchObject({ status: 'down', engine: 'away' });
    engine.isAvailable(true);
    expect((await health.check({ needsEngine: true })).status).toBe('ok');
  });

  it('is up while the engine is away where terminus has no other word', async () => {
    const engine = fragileEngine();
    const provider = { provide: HealthIndicatorService, useValue: ofTerminus11 };
    const { app } = await start({ engine }, [provider]);
    engine.isAvailable(false);
    const { sockets } = app.app.get(SocketsHealthIndicator).isHealthy('sockets');
    expect(sockets).toMatchObject({ status: 'up', engine: 'away' });
  });
});
