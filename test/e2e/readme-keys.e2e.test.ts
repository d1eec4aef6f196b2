import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { newKeys } from '../../src/cli/keygen.js';
import { SocketClient } from '../../src/client/index.js';
import { deriveSharedKey, SocketHandler, type KeyStore, type SharedKey } from '../../src/index.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { useEnvironment } from '../fixtures/environment.js';
import { useApps } from '../fixtures/apps.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const ADDRESS = 'wss://hall.example.com/';
const DEVICE_IN_SAMPLES = 'keL2FBONNlu9RPp_BkfwsGpeaZXkQ-MaXIZDTg3TdzQ';

const bench = useReadmeSamples();
const setEnvironment = useEnvironment();
const startApp = useApps();
const cleanUp = useCleanUp();

/** What `npx nestjs-sockets keygen` prints, by name. */
function printed(kind: 'server' | 'device'): Record<string, string> {
  const lines = newKeys(kind).trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=')));
}

describe('The devices of KEYS.md', () => {
  it('connect by their own key, and nobody else does, though there is no authKey', async () => {
    const [server, device, other] = [printed('server'), printed('device'), printed('device')];
    setEnvironment({ NODE_ENV: 'production', ...server, ...device, SOCKET_AUTH_KEY: '' });
    const { DevicesModule } = await bench.samples.load<{ DevicesModule: Type }>(
      'devices.module.ts',
      { [DEVICE_IN_SAMPLES]: device['SOCKET_DEVICE_PUBLIC_KEY']! },
    );
    const sockets = await bench.startModule(Test.createTestingModule({ imports: [DevicesModule] }));
    const address = `ws://127.0.0.1:${sockets.port}`;
    const sample = await bench.samples.load<{ device: SocketClient }>('device.ts', {
      [ADDRESS]: address,
    });
    cleanUp(() => sample.device.close());
    await sample.device.connect();
    expect([...sockets.server.clientMap.values()].map(({ meta }) => meta)).toEqual([
      { name: 'scale 7' },
    ]);
    for (const identity of [other['SOCKET_IDENTITY'], undefined]) {
      setEnvironment({ SOCKET_IDENTITY: identity ?? '' });
      const client = new SocketClient({ address });
      cleanUp(() => client.close());
      await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    }
  });
});

describe('The tenants of KEYS.md', () => {
  it('connect by keys of their own, and old keys are told by their id', async () => {
    interface Sample {
      newTenant(key: string): Promise<SharedKey>;
      TenantKeys: new () => KeyStore & { add(keyId: string, key: SharedKey): void };
    }
    const { newTenant, TenantKeys } = await bench.samples.load<Sample>('tenants.ts');
    const [key, authKey] = ['the key of tenant seven', 'the key of the server itself'];
    const store = new TenantKeys();
    store.add('tenant-7', await newTenant(key));

    @SocketHandler('whoAmI')
    class WhoAmI {
      server(_data: unknown, client: { session: { keyId?: string } }): string | undefined {
        return client.session.keyId;
      }
    }
    const app = await startApp({
      providers: [WhoAmI, { provide: TenantKeys, useValue: store }],
      options: { keyStore: TenantKeys, authKey: [authKey, key] },
    });
    const address = `ws://127.0.0.1:${app.port}`;
    const asked = [
      [{ authKey: key, keyId: 'tenant-7' }, 'tenant-7'],
      [{ authKey }, (await deriveSharedKey(authKey)).id],
    ] as const;
    for (const [keys, keyId] of asked) {
      const client = new SocketClient({ address, ...keys });
      cleanUp(() => client.close());
      await client.connect();
      expect(await client.request('whoAmI')).toBe(keyId);
    }
  });
});
