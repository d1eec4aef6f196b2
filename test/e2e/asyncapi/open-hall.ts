import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { DynamicModule, INestApplication, Provider } from '@nestjs/common';
import { beforeEach } from '@jest/globals';
import { describeHall, serveDocument } from '../../../sample-app/hall/hall.document.js';
import { HallTraces } from '../../../sample-app/telemetry/hall-traces.js';
import type { WatcherPass } from '../../../sample-app/live-view.js';
import { WorkerModule } from '../../../sample-app/worker.module.js';
import { Shift } from '../../../sample-app/workers/shift.service.js';
import type { AsyncApiDocument } from '../../../src/asyncapi/index.js';
import { SocketClient } from '../../../src/client/index.js';
import { FaultProxy } from '../../../src/testing/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { useEnvironment } from '../../fixtures/environment.js';
import { RecordedTraffic } from './recorded-traffic.js';

const OPTIONS = { logger: false, abortOnError: false } as const;

/** A server of the game hall, and what its document has against what it sends. */
export interface OpenHall {
  readonly app: INestApplication;
  readonly url: string;
  /** Where clients are recorded. */
  readonly address: string;
  readonly document: AsyncApiDocument;
  readonly traffic: RecordedTraffic;
}

/** Opens halls for the tests of a file, with workers and others, all in this process. */
export function useHalls() {
  const cleanUp = useCleanUp();
  const setEnvironment = useEnvironment();
  // What travels can be read then.
  beforeEach(() => setEnvironment({ SOCKET_ENCRYPTION: 'false', SOCKET_AUTH_KEY: AUTH_KEY }));

  async function open(module: DynamicModule): Promise<OpenHall> {
    const app = await NestFactory.create(module, OPTIONS);
    cleanUp(() => app.close());
    serveDocument(app);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const proxy = await FaultProxy.start(() => `ws://127.0.0.1:${port}`);
    cleanUp(() => proxy.close());
    const document = describeHall(app);
    const traffic = new RecordedTraffic(document);
    proxy.plan = (frame) => {
      traffic.record(frame);
      return 'pass';
    };
    return { app, url: `http://127.0.0.1:${port}`, address: proxy.address, document, traffic };
  }

  async function connect({ address }: OpenHall, authData: { role: string; token?: string }) {
    const data = { ...authData, name: authData.role };
    const client = new SocketClient({ address, authData: data, reconnect: false });
    cleanUp(() => client.close());
    await client.connect();
    return client;
  }

  /** As the page does it. */
  async function watch(hall: OpenHall): Promise<SocketClient> {
    const pass = (await (await fetch(`${hall.url}/pass`)).json()) as WatcherPass;
    return connect(hall, { role: 'watcher', token: pass.token });
  }

  /** As worker.ts does it. Resolves with its shift. */
  async function employ({ address }: OpenHall, name: string, hooks?: Provider[]): Promise<Shift> {
    setEnvironment({ SOCKET_ADDRESS: address });
    const module = WorkerModule.forRoot(name, new HallTraces(undefined), hooks);
    const worker = await NestFactory.createApplicationContext(module, OPTIONS);
    cleanUp(() => worker.close());
    return worker.get(Shift);
  }

  return { cleanUp, open, connect, watch, employ };
}
