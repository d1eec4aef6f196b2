import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../src/index.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { RecipeApp } from '../fixtures/recipes/recipe-app.js';
import { useRecipeClients } from '../fixtures/recipes/recipe-clients.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const SECRET = 'a-secret-of-some-length';

const bench = useReadmeSamples();
const cleanUp = useCleanUp();
const connect = useRecipeClients();

async function startSample(file: string, module: string, replace?: Record<string, string>) {
  const { [module]: sample } = await bench.samples.load<Record<string, Type>>(file, replace);
  return bench.startModule(Test.createTestingModule({ imports: [sample!] }));
}

describe('The recipe for @nestjs/config', () => {
  const file = 'configured.module.ts';

  async function envFile(...lines: string[]): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-sockets-env-'));
    cleanUp(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, '.env'), lines.join('\n'));
    return join(folder, '.env');
  }

  it('takes its options from a file .env, and those that it leaves out too', async () => {
    const path = await envFile(
      'SOCKETS_LISTEN_ON=0',
      `SOCKETS_SECRET=${SECRET}`,
      'SOCKET_HEARTBEAT_INTERVAL=4321',
    );
    const isGlobal = 'isGlobal: true';
    // So that what the file sets is forgotten behind the test.
    bench.setEnvironment({
      SOCKETS_LISTEN_ON: '',
      SOCKETS_SECRET: '',
      SOCKET_HEARTBEAT_INTERVAL: '',
    });
    for (const name of ['SOCKETS_LISTEN_ON', 'SOCKETS_SECRET', 'SOCKET_HEARTBEAT_INTERVAL']) {
      delete process.env[name];
    }
    const sockets = await startSample(file, 'ConfiguredModule', {
      [isGlobal]: `${isGlobal}, envFilePath: '${path}'`,
    });
    const client = await sockets.connect({ authKey: SECRET });
    expect(client.state).toBe('connected');
    const { heartBeatInterval } = sockets.app.get<ResolvedSocketsOptions>(SOCKETS_OPTIONS);
    expect(heartBeatInterval).toBe(4321);
  });

  it.each([
    ['a variable that is missing', { SOCKETS_LISTEN_ON: '0' }, /SOCKETS_SECRET/],
    [
      'a port that is no number',
      { SOCKETS_LISTEN_ON: 'web', SOCKETS_SECRET: SECRET },
      /"port".*NaN/,
    ],
  ])('does not start with %s', async (_what, variables, message) => {
    bench.setEnvironment(variables);
    const { ConfiguredModule } = await bench.samples.load<Record<string, Type>>(file);
    const starting = NestFactory.create(ConfiguredModule!, { logger: false, abortOnError: false });
    await expect(starting).rejects.toThrow(message);
  });
});

describe('The recipe for nestjs-cls', () => {
  it('gives each message a context that says who asks', async () => {
    const { address } = await RecipeApp.start(bench, 'audited.module.ts');
    const names = ['Ada', 'Bob'];
    const clients = await Promise.all(
      names.map((name) => connect(address, { authData: { role: name } })),
    );
    const asked = clients.flatMap((client) =>
      ['front', 'back'].map((door) => client.request('openDoor', door)),
    );
    const lines = ['front', 'back'].map((door) => `asked for openDoor: ${door}`);
    expect(await Promise.all(asked)).toEqual(
      names.flatMap((name) => lines.map((line) => `${name} ${line}`)),
    );
  });
});

describe('The recipe for @nestjs/throttler', () => {
  const tooMany = { code: 'TOO_MANY_REQUESTS' };

  it('limits each client and each handler for itself, and keeps the connection', async () => {
    const { address } = await RecipeApp.start(bench, 'throttled.module.ts');
    const [one, other] = [await connect(address), await connect(address)];
    const search = (client = one) => client.request('search', 'words');
    for (let count = 0; count < 3; count++) expect(await search()).toEqual(['words']);
    await expect(search()).rejects.toMatchObject(tooMany);
    expect(await search(other)).toEqual(['words']);
    expect(await one.request('export')).toBe('everything');
    await expect(one.request('export')).rejects.toMatchObject(tooMany);
    expect(one.state).toBe('connected');
  });
});

describe('The recipe for @nestjs/terminus', () => {
  it('says with 200 who is there while the server listens, and 503 when it has closed', async () => {
    const sockets = await startSample('own-health.module.ts', 'HealthModule');
    const http = await sockets.app.listen(0, '127.0.0.1');
    const { port } = (http as { address(): AddressInfo }).address();
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health`);
      return { http: response.status, ...((await response.json()) as object) };
    };
    await sockets.connect();
    const up = {
      status: 'up',
      port: sockets.port,
      connections: 1,
      authenticated: 1,
      handlerErrors: 0,
    };
    expect(await ask()).toMatchObject({ http: 200, status: 'ok', details: { sockets: up } });
    await sockets.server.close();
    expect(await ask()).toMatchObject({
      http: 503,
      status: 'error',
      details: { sockets: { status: 'down', connections: 0 } },
    });
  });
});

describe('The recipe for @nestjs/cqrs', () => {
  it('runs commands for clients, and pushes events to all', async () => {
    const sockets = await startSample('moves.module.ts', 'MovesModule');
    const [player, watcher] = [await sockets.connect(), await sockets.connect()];
    for (const client of [player, watcher]) client.watch('moveMade');
    const moves = ['e4', 'e5'];
    const replies = await Promise.all(moves.map((san) => player.request('makeMove', { san })));
    expect(replies).toEqual([{ ply: 1 }, { ply: 2 }]);
    for (const client of [player, watcher]) {
      expect(await client.nextPush('moveMade')).toEqual({ ply: 1, san: 'e4' });
      expect(await client.nextPush('moveMade')).toEqual({ ply: 2, san: 'e5' });
    }
  });
});
