import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Global, Injectable, Module } from '@nestjs/common';
import type {
  ConnectionGuard,
  SocketsOptions,
  UpgradeRefusal,
  UpgradeRequest,
} from '../../src/index.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { deferred } from '../fixtures/deferred.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { askForUpgrade, UPGRADE_REQUEST } from '../fixtures/upgrade.js';
import { RawClient, UpgradeRefusedError } from '../helpers/raw-client.js';

afterEach(closeApps);

@Injectable()
class Verdicts {
  next: boolean | UpgradeRefusal | Error = true;
  seen: UpgradeRequest | undefined;
}

@Injectable()
class VerdictGuard implements ConnectionGuard {
  constructor(private readonly verdicts: Verdicts) {}

  async canConnect(request: UpgradeRequest): Promise<boolean | UpgradeRefusal> {
    this.verdicts.seen = request;
    await Promise.resolve();
    if (this.verdicts.next instanceof Error) throw this.verdicts.next;
    return this.verdicts.next;
  }
}

describe('The connection guard', () => {
  it.each([
    ['false', false, 403],
    ['401', { status: 401 }, 401],
    ['403', { status: 403, message: 'no' }, 403],
    ['429', { status: 429 }, 429],
    ['an exception', new Error('broken guard'), 503],
  ] as const)('refuses the upgrade with its status: %s', async (_name, next, status) => {
    const options = { connectionGuard: VerdictGuard };
    const sockets = await startApp({ providers: [Verdicts, VerdictGuard], options });
    sockets.app.get(Verdicts).next = next;
    const refused = RawClient.connect({ port: sockets.port, authKey: AUTH_KEY });
    await expect(refused).rejects.toEqual(new UpgradeRefusedError(status));
    expect(sockets.server.stats()).toMatchObject({
      connections: 0,
      refused: { connectionGuard: 1 },
    });
  });

  it('sees headers, query, path, ip and origin, and lets in whom it wants', async () => {
    const options = { connectionGuard: VerdictGuard, path: '/sockets' };
    const sockets = await startApp({ providers: [Verdicts, VerdictGuard, EchoHandler], options });
    const { port } = sockets;
    const client = await RawClient.connect({
      port,
      authKey: AUTH_KEY,
      path: '/sockets?tenant=a',
      headers: { 'X-Tenant': 'b', Origin: `http://127.0.0.1:${port}` },
    });
    await client.authenticate();
    const { headers, query, path, ip, origin } = sockets.app.get(Verdicts).seen!;
    expect({ tenant: headers['x-tenant'], query: query.get('tenant'), path, ip, origin }).toEqual({
      tenant: 'b',
      query: 'a',
      path: '/sockets',
      ip: '127.0.0.1',
      origin: `http://127.0.0.1:${port}`,
    });
  });
});

type Answer = ReturnType<ConnectionGuard['canConnect']>;

describe('A connection guard', () => {
  it.each<[string, () => Answer, number]>([
    ['true', () => true, 101],
    ['false', () => false, 403],
    ['a refusal', () => ({ status: 401 }), 401],
    [
      'an exception',
      () => {
        throw new Error('broken guard');
      },
      503,
    ],
  ])('may answer with %s, without a promise', async (_name, answer, status) => {
    class PromptGuard implements ConnectionGuard {
      canConnect(): Answer {
        return answer();
      }
    }
    const { port } = await startApp({ options: { connectionGuard: PromptGuard } });
    expect((await askForUpgrade(port)).status).toBe(status);
  });
});

describe('The instance of the connection guard', () => {
  @Injectable()
  class Tenants {
    readonly known = ['a'];
  }

  @Injectable()
  class TenantGuard implements ConnectionGuard {
    static made = 0;

    constructor(private readonly tenants: Tenants) {
      TenantGuard.made++;
    }

    canConnect({ query }: UpgradeRequest): boolean {
      return this.tenants.known.includes(query.get('tenant') ?? '');
    }
  }

  @Global()
  @Module({ providers: [Tenants], exports: [Tenants] })
  class TenantsModule {}

  @Module({ providers: [Tenants, TenantGuard] })
  class GuardModule {}

  it.each([
    ['is made by Nest where no module provides it, with its dependencies', TenantsModule],
    ['is that of an imported module, which need not export it', GuardModule],
  ])('%s, once', async (_what, module) => {
    TenantGuard.made = 0;
    const options = { connectionGuard: TenantGuard };
    const { app, port } = await startApp({ imports: [module], options });
    expect((await askForUpgrade(port, { path: '/?tenant=a' })).status).toBe(101);
    expect((await askForUpgrade(port, { path: '/?tenant=b' })).status).toBe(403);
    app.get(Tenants, { strict: false }).known.push('b');
    expect((await askForUpgrade(port, { path: '/?tenant=b' })).status).toBe(101);
    expect(TenantGuard.made).toBe(1);
  });
});

describe('An upgrade that the connection guard has not decided', () => {
  @Injectable()
  class PatientGuard implements ConnectionGuard {
    readonly asked = deferred();
    readonly verdict = deferred<boolean>();

    canConnect(): Promise<boolean> {
      this.asked.resolve();
      return this.verdict.promise;
    }
  }

  async function undecided(more: SocketsOptions = {}) {
    const options = { connectionGuard: PatientGuard, ...more };
    const sockets = await startApp({ providers: [PatientGuard], options });
    const guard = sockets.app.get(PatientGuard);
    const { port, server } = sockets;
    const connecting = RawClient.connect({ port, authKey: AUTH_KEY }).then(
      (client) => client,
      (error: UpgradeRefusedError) => error.statusCode,
    );
    await guard.asked.promise;
    return { server, guard, connecting };
  }

  it('is answered 503 when the server shuts down, which does not wait for the guard', async () => {
    const { server, guard, connecting } = await undecided();
    await server.close();
    expect(await connecting).toBe(503);
    guard.verdict.resolve(true);
    await guard.verdict.promise;
    expect(server.stats().connections).toBe(0);
  });

  it('gives its place back when its peer is gone, though the guard never answers', async () => {
    const asked = deferred();
    let calls = 0;
    class DeafGuard implements ConnectionGuard {
      canConnect(): boolean | Promise<boolean> {
        asked.resolve();
        return calls++ > 0 || new Promise<boolean>(() => undefined);
      }
    }
    const options = { connectionGuard: DeafGuard, maxConnections: 1 };
    const { port } = await startApp({ options });
    const socket = connect(port, '127.0.0.1', () => socket.write(UPGRADE_REQUEST));
    await asked.promise;
    expect((await askForUpgrade(port)).status).toBe(503);
    // It ends its side only, and waits for the other one.
    socket.resume().end();
    await once(socket, 'close');
    expect((await askForUpgrade(port)).status).toBe(101);
  });

  it('is answered 503 and logged when the guard has not answered within the auth timeout', async () => {
    const { connecting, server } = await undecided({ authTimeout: 50 });
    expect(await connecting).toBe(503);
    expect(server.stats()).toMatchObject({ connections: 0, refused: { connectionGuard: 1 } });
  });

  it('is nobody yet: it becomes a connection when the guard says yes', async () => {
    const { server, guard, connecting } = await undecided();
    expect(server.stats().connections).toBe(0);
    guard.verdict.resolve(true);
    const client = await connecting;
    if (typeof client === 'number') throw new Error(`It was refused with ${client}`);
    expect(await client.authenticate()).toHaveProperty('sessionKey');
  });
});
