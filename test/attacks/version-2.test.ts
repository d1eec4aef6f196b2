import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { SocketHandler } from '../../src/index.js';
import { firstValueFrom } from 'rxjs';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { useApps, type AppParts } from '../fixtures/apps.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { RawV2Client } from '../helpers/raw-v2-client.js';

const ATTEMPTS = 25;
const ECHO = '\0{"request":"echo","id":1,"data":1}';

const startApp = useApps();
const cleanUp = useCleanUp();

/** An application that knows how often its handler ran. */
async function startEcho(options: AppParts['options'] = {}) {
  const calls: unknown[] = [];
  @Injectable()
  @SocketHandler('echo')
  class EchoHandler {
    server(data: unknown): unknown {
      calls.push(data);
      return data;
    }
  }
  return { app: await startApp({ providers: [EchoHandler], options }), calls };
}

async function connect({ port }: SocketsTestApp): Promise<RawV2Client> {
  const client = await RawV2Client.connect(port);
  cleanUp(() => client.terminate());
  return client;
}

/** What a client of the other session gets, which nothing may disturb. */
async function expectUndisturbed(client: RawV2Client): Promise<void> {
  client.send('{"request":"echo","id":"mine","data":7}');
  expect(await client.received.next()).toMatchObject({ id: 'mine', response: 7 });
}

/** Sends records that must not be believed, each on a connection of its own. */
async function expectRefused(bad: (client: RawV2Client, other: RawV2Client) => Buffer[]) {
  const { app, calls } = await startEcho();
  const other = await connect(app);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const client = await connect(app);
    for (const record of bad(client, other)) client.sendRaw(record);
    expect(await client.closed).toBe(4400);
  }
  expect(calls).toEqual([]);
  await expectUndisturbed(other);
  expect(app.server.stats().refused).toMatchObject({ badFrame: ATTEMPTS });
}

describe('a record of version 2', () => {
  it.each<[string, (client: RawV2Client, other: RawV2Client) => Buffer[]]>([
    ['changed in one bit', (client) => [flipped(client.seal(ECHO))]],
    ['cut short', (client) => [client.seal(ECHO).subarray(0, -1)]],
    ['that has nothing in it', () => [Buffer.alloc(0)]],
    ['behind one that is missing', (client) => [client.seal(ECHO), client.seal(ECHO)].slice(1)],
    ['before the one it follows', (client) => [client.seal(ECHO), client.seal(ECHO)].toReversed()],
    ['of another session', (_, other) => [other.seal(ECHO)]],
    ['that the server itself sent', (client) => [client.records[0]!]],
    [
      'shared, which only servers do',
      (client) => [Buffer.concat([Buffer.of(1), client.seal(ECHO)])],
    ],
    ['of an unknown type', (client) => [Buffer.concat([Buffer.from([7]), client.seal(ECHO)])]],
    ['of an unknown kind', (client) => [client.seal(ECHO.replace('\0', '\x09'))]],
    ['of a kind that only servers send', (client) => [client.seal(Buffer.alloc(43, 3))]],
    ['with bytes of no field', (client) => [client.seal('\x01{"request":"echo","id":1}\nabc')]],
    [
      'with bytes of a field that there cannot be',
      (client) => [client.seal('\x01{"request":"echo","id":1,"bytes":"id"}\nabc')],
    ],
    [
      'with bytes of a field that is there',
      (client) => [client.seal('\x01{"request":"echo","id":1,"bytes":"data","data":1}\nabc')],
    ],
    ['with bytes of no message', (client) => [client.seal('\x01abc')]],
    ['with bad UTF-8', (client) => [client.seal(Buffer.from([0, 0x22, 0xff, 0x22]))]],
  ])('%s is refused, runs no handler and disturbs nobody', async (name, bad) => {
    // One that was sealed and never sent would leave a gap in the other's session.
    if (name === 'of another session') return expectForeignRefused();
    await expectRefused(bad);
  });

  it('that is sent twice runs its handler once', async () => {
    const { app, calls } = await startEcho();
    const client = await connect(app);
    const record = client.seal(ECHO);
    client.sendRaw(record);
    client.sendRaw(record);
    expect(await client.closed).toBe(4400);
    expect(calls).toEqual([1]);
  });

  it('with 10,000 messages is answered, each once and in order', async () => {
    const { app } = await startEcho();
    const client = await connect(app);
    const ids = Array.from({ length: 10_000 }, (_, id) => id);
    client.send(...ids.map((id) => `{"request":"echo","id":${id},"data":${id}}`));
    for (const id of ids) expect(await client.received.next()).toMatchObject({ id, response: id });
  });

  it('with 10,000 messages delays nobody else, since they take turns', async () => {
    const { app, calls } = await startEcho();
    const [flooder, other] = [await connect(app), await connect(app)];
    const messages = Array.from({ length: 10_000 }, (_, id) => `{"request":"echo","id":${id}}`);
    flooder.send(...messages);
    await flooder.received.next();
    other.send('{"request":"echo","id":"mine","data":"mine"}');
    await other.received.next();
    expect(calls.indexOf('mine')).toBeLessThan(9_000);
    for (let left = 9_999; left > 0; left--) await flooder.received.next();
    expect(calls).toHaveLength(10_001);
  });

  it('is handled to its end though its sender says goodbye right behind it', async () => {
    const { app, calls } = await startEcho();
    const client = await connect(app);
    const gone = firstValueFrom(app.server.disconnected$);
    client.send(...Array.from({ length: 500 }, (_, data) => `{"request":"echo","data":${data}}`));
    client.close();
    await gone;
    expect(calls).toEqual([...Array(500).keys()]);
  });

  it('counts as many messages as it has, for the limits', async () => {
    const { app, calls } = await startEcho({ maxMessagesPerSecond: 5 });
    const client = await connect(app);
    client.send(...Array.from({ length: 20 }, () => ECHO.slice(1)));
    expect(await client.closed).toBe(4429);
    expect(calls.length).toBeLessThanOrEqual(5);
  });

  it('over the size limit closes with 1009', async () => {
    const { app, calls } = await startEcho({ maxMessageSize: 1_000 });
    const client = await connect(app);
    client.send(`{"request":"echo","id":1,"data":"${'x'.repeat(1_000)}"}`);
    expect(await client.closed).toBe(1009);
    expect(calls).toEqual([]);
  });
});

async function expectForeignRefused(): Promise<void> {
  const { app, calls } = await startEcho();
  const [client, other] = [await connect(app), await connect(app)];
  client.sendRaw(other.seal(ECHO));
  expect(await client.closed).toBe(4400);
  expect(calls).toEqual([]);
}

function flipped(record: Buffer): Buffer {
  record[Math.floor(Math.random() * record.length)]! ^= 1 << Math.floor(Math.random() * 8);
  return record;
}
