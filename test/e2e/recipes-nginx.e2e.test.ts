import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { CERTIFICATE, CERTIFICATE_KEY } from '../fixtures/certificate.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { WorkHandler } from '../fixtures/handlers.js';
import { nextPush, useRecipeClients } from '../fixtures/recipes/recipe-clients.js';
import { TestProcess } from '../helpers/child-process.js';
import { describeWithNginx, Nginx } from '../helpers/nginx.js';
import { describeWithRedisServer, startRedis, type RedisServer } from '../helpers/redis.js';
import { until } from '../helpers/until.js';
import { withDeadline } from '../helpers/with-deadline.js';
import { MarkdownDocument } from '../readme/markdown.js';
import { freePort } from '../helpers/free-port.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const HOST = '127.0.0.1';
const WSS_CLIENT = new URL('../fixtures/recipes/wss-client.process.ts', import.meta.url);
const ATTEMPTS = 5;
const LONG = 20_000;

const bench = useReadmeSamples();
const cleanUp = useCleanUp();
const connect = useRecipeClients();

const { code: CONFIGURATION } = new MarkdownDocument('src/RECIPES.md')
  .codeBlocks()
  .find(({ file }) => file === 'nginx.conf')!;

function replaced(text: string, pairs: Record<string, string>): string {
  return Object.entries(pairs).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`There is no ${from} in nginx.conf`);
    return before.replace(from, to);
  }, text);
}

/** The recipe's configuration, for the nodes and the port of a test. */
function configurationFor([one, other]: readonly SocketsTestApp[], port: number): string {
  return replaced(CONFIGURATION, {
    '10.0.0.1:2667': `${HOST}:${one!.port}`,
    '10.0.0.2:2667': `${HOST}:${other!.port}`,
    'listen 443 ssl;': `listen ${HOST}:${port} ssl;`,
    '/etc/nginx/tls/tls.crt': 'tls.crt',
    '/etc/nginx/tls/tls.key': 'tls.key',
  });
}

function withoutTls(configuration: string): string {
  return replaced(configuration, {
    ' ssl;': ';',
    'ssl_certificate tls.crt;': '',
    'ssl_certificate_key tls.key;': '',
  });
}

let redis: RedisServer;

async function startNodes(): Promise<SocketsTestApp[]> {
  // The sample reads it when it is loaded, which is once.
  bench.setEnvironment({ REDIS_URL: redis.url });
  const file = 'behind-nginx.module.ts';
  const { BehindNginxModule } = await bench.samples.load<{ BehindNginxModule: Type }>(file);
  const parts = { imports: [BehindNginxModule], providers: [WorkHandler] };
  const start = () => bench.startModule(Test.createTestingModule(parts));
  const nodes = [await start(), await start()];
  await until(
    () => nodes.every(({ server }) => server.stats().cluster.nodes === 2),
    'two nodes',
    LONG,
  );
  return nodes;
}

/** Two nodes and an nginx in front of them. */
async function startScene(change = withoutTls) {
  const nodes = await startNodes();
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const configuration = change(configurationFor(nodes, port));
    const files = { 'tls.crt': CERTIFICATE, 'tls.key': CERTIFICATE_KEY };
    try {
      const nginx = await Nginx.start(configuration, files);
      cleanUp(() => nginx.stop());
      return { nodes, nginx, port, configuration, address: `ws://${HOST}:${port}` };
    } catch (error) {
      // Somebody else may have taken the port.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

const counts = (nodes: readonly SocketsTestApp[]) =>
  nodes.map(({ server }) => server.clientMap.size);

function behindNginx(): void {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('two clients are on two nodes, and hear of each other', async () => {
    const { nodes, address } = await startScene();
    const [one, other] = [await connect(address), await connect(address)];
    expect(counts(nodes)).toEqual([1, 1]);
    const heard = [one, other].map((client) => nextPush(client, 'shouted'));
    await one.request('shout', 'hello');
    expect(await Promise.all(heard)).toEqual(['hello', 'hello']);
  });

  it('a client is known by its own address, whatever it says', async () => {
    const { nodes, address } = await startScene();
    const connected = nodes.map(({ server }) => firstValueFrom(server.connected$));
    const webSocket = new WebSocket(address, {
      localAddress: '127.0.0.7',
      headers: { 'X-Forwarded-For': '192.0.2.1' },
    });
    cleanUp(() => webSocket.terminate());
    await once(webSocket, 'open');
    // That of the other node is for nobody.
    for (const it of connected) it.catch(() => undefined);
    expect((await Promise.race(connected)).ip).toBe('127.0.0.7');
  });

  it('TLS ends at nginx', async () => {
    const { port, nodes } = await startScene((configuration) => configuration);
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-sockets-ca-'));
    cleanUp(() => rm(folder, { recursive: true }));
    const trusted = join(folder, 'ca.crt');
    await writeFile(trusted, CERTIFICATE);
    bench.setEnvironment({ NODE_EXTRA_CA_CERTS: trusted });
    const here = await nodes[0]!.connect();
    here.watch('shouted');
    const there = TestProcess.start(WSS_CLIENT, `wss://localhost:${port}`, 'sealed twice');
    cleanUp(() => there.kill('SIGKILL'));
    expect(await there.nextJson('the address of the client')).toBe(HOST);
    expect(await here.nextPush('shouted')).toBe('sealed twice');
    expect(await there.untilEnded()).toBe(0);
  });

  it('a WebSocket survives nginx -s reload', async () => {
    const { nginx, port, address, configuration } = await startScene();
    const client = await connect(address);
    const ends: unknown[] = [];
    client.events.on('disconnect', (end) => ends.push(end));
    const version = 'location = /version { return 200 second; }\n  location / {';
    await nginx.reload(replaced(configuration, { 'location / {': version }));
    const response = await fetch(`http://${HOST}:${port}/version`);
    expect(await response.text()).toBe('second');
    expect(await client.request('shout', 'still there?')).toBe(HOST);
    expect(ends).toEqual([]);
    const newcomer = await connect(address);
    expect(await newcomer.request('shout', 'me too')).toBe(HOST);
  });

  it('newcomers get to the other node while one drains, and so does who was there', async () => {
    const { nodes, address } = await startScene();
    const client = await connect(address, { reconnect: { baseDelay: 1, maxDelay: 50 } });
    const [going, staying] = counts(nodes)[0] === 1 ? nodes : nodes.toReversed();
    const { started, mayGoOn } = going!.app.get(WorkHandler);
    const reply = client.request('work');
    await started.promise;
    const reconnected = once(client.events as never, 'reconnected');
    const closed = going!.app.close();
    for (let count = 1; count <= 3; count++) {
      await connect(address);
      expect(staying!.server.clientMap.size).toBe(count);
    }
    mayGoOn.resolve();
    expect(await reply).toBe('done');
    await closed;
    await withDeadline(reconnected, LONG, 'the client to come back');
    expect(staying!.server.clientMap.size).toBe(4);
    expect(await client.request('shout', 'here I am')).toBe(HOST);
  });
}

describe('Behind nginx', () => {
  describeWithNginx('with two nodes', () => {
    describeWithRedisServer('that share a Redis', behindNginx);
  });
});
