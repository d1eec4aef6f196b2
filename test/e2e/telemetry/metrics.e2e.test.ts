import { BadRequestException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { describe, expect, it, jest } from '@jest/globals';
import { SocketHandler, type ConnectedClient, type SocketsOptions } from '../../../src/index.js';
import { ServerLoad } from '../../../src/server/server-load.js';
import type { SocketsTestApp } from '../../../src/testing/index.js';
import { openTelemetry, type OpenTelemetryOptions } from '../../../src/telemetry/index.js';
import { connectRaw, useApps } from '../../fixtures/apps.js';
import { EchoHandler, SlowHandler } from '../../fixtures/handlers.js';
import { RoomHandlers } from '../../fixtures/rooms.js';
import { MetricsProbe } from '../../fixtures/telemetry.js';
import { until } from '../../helpers/until.js';

const RPC = { 'rpc.system.name': 'nestjs-sockets' };
const RECEIVED = { 'network.io.direction': 'receive' };
const SENT = { 'network.io.direction': 'transmit' };

class FailingHandlers {
  @SocketHandler('bad')
  bad() {
    throw new BadRequestException();
  }

  @SocketHandler('own')
  own(code: string) {
    throw new WsException({ code, message: 'of its own' });
  }

  @SocketHandler('numbers')
  async *numbers(_: unknown, client: ConnectedClient) {
    yield client.id;
    throw new Error('in the middle');
  }
}

/** Answers the call that waits for it, if one does. */
function answerOne({ app }: SocketsTestApp): boolean {
  const isRunning = app.get(ServerLoad).read().handlersInFlight > 0;
  if (isRunning) app.get(SlowHandler).answer('done');
  return isRunning;
}

const startApp = useApps();

async function start(options: OpenTelemetryOptions = {}, more: SocketsOptions = {}) {
  const probe = new MetricsProbe();
  const { meterProvider } = probe;
  const app = await startApp({
    providers: [EchoHandler, SlowHandler, FailingHandlers, RoomHandlers],
    options: { telemetry: openTelemetry({ meterProvider, ...options }), ...more },
  });
  return { app, probe };
}

describe('Metrics', () => {
  it('count connections, and those that were authenticated and refused', async () => {
    const { app, probe } = await start();
    await app.connect();
    const stranger = await connectRaw(app);
    await until(() => app.server.stats().connections === 2);
    const connections = 'nestjs_sockets.connections';
    expect(await probe.value(connections, { state: 'authenticated' })).toBe(1);
    expect(await probe.value(connections, { state: 'unauthenticated' })).toBe(1);
    stranger.sendMessage({ request: 'echo' });
    await until(() => app.server.stats().connections === 1);
    expect(await probe.value(`${connections}.opened`)).toBe(2);
    expect(await probe.value('nestjs_sockets.authentications')).toBe(1);
    expect(await probe.value('nestjs_sockets.refusals', { reason: 'unauthorized' })).toBe(1);
  });

  it('count messages and bytes as stats() does', async () => {
    const { app, probe } = await start();
    const client = await app.connect();
    await Promise.all(Array.from({ length: 100 }, (_, n) => client.request('echo', n)));
    const stats = app.server.stats();
    expect(stats.messagesIn).toBeGreaterThan(100);
    expect(await probe.value('nestjs_sockets.messages', RECEIVED)).toBe(stats.messagesIn);
    expect(await probe.value('nestjs_sockets.messages', SENT)).toBe(stats.messagesOut);
    expect(await probe.value('nestjs_sockets.io', RECEIVED)).toBe(stats.bytesIn);
    expect(await probe.value('nestjs_sockets.io', SENT)).toBe(stats.bytesOut);
  });

  it('count every call of a handler, and time one in eight', async () => {
    const { app, probe } = await start();
    const client = await app.connect();
    await Promise.all(Array.from({ length: 17 }, (_, n) => client.request('echo', n)));
    const echo = { ...RPC, 'rpc.method': 'echo' };
    expect(await probe.value('nestjs_sockets.handler.calls', echo)).toBe(17);
    const duration = (await probe.value('rpc.server.call.duration', echo)) as Histogram;
    expect(duration.count).toBe(3);
    const auth = { ...RPC, 'rpc.method': 'auth' };
    expect(await probe.value('nestjs_sockets.handler.calls', auth)).toBe(1);
  });

  it('tell failures by codes that no peer and no handler can choose', async () => {
    const { app, probe } = await start({ timedOneIn: 1 });
    const client = await app.connect();
    await client.request('bad').catch(() => undefined);
    for (const code of ['ANY', 'THING']) await client.request('own', code).catch(() => undefined);
    const values = client.stream('numbers');
    await values.next();
    await expect(values.next()).rejects.toThrow('Internal error');
    const of = (method: string, type: string) => ({
      ...RPC,
      'rpc.method': method,
      'error.type': type,
    });
    const failures = 'nestjs_sockets.handler.failures';
    await until(async () => (await probe.value(failures, of('numbers', 'INTERNAL'))) === 1);
    expect(await probe.value(failures, of('bad', 'BAD_REQUEST'))).toBe(1);
    expect(await probe.value(failures, of('own', '_OTHER'))).toBe(2);
    const bad = await probe.value('rpc.server.call.duration', of('bad', 'BAD_REQUEST'));
    expect((bad as Histogram).count).toBe(1);
  });

  it('have no name that a peer made up', async () => {
    const { app, probe } = await start();
    const client = await app.connect();
    await expect(client.request('madeUp')).rejects.toThrow('No handler');
    const { code } = (await client.request('own', 'MADE_UP').catch((error: unknown) => error)) as {
      code: string;
    };
    expect(code).toBe('MADE_UP');
    const text = JSON.stringify(await probe.collect());
    expect(text).toContain('"own"');
    expect(text).not.toMatch(/made.?up/i);
  });

  it('tell what is at work and what waits', async () => {
    const { app, probe } = await start({}, { maxHandlersInFlight: 1 });
    const client = await app.connect();
    for (let n = 0; n < 3; n++) client.request('slow', n).catch(() => undefined);
    await until(async () => (await probe.value('nestjs_sockets.messages.waiting')) === 2);
    expect(await probe.value('nestjs_sockets.handlers.in_flight')).toBe(1);
    expect(await probe.value('nestjs_sockets.send.waiting')).toBe(0);
    for (let n = 0; n < 3; n++) await until(() => answerOne(app));
    expect(await probe.value('nestjs_sockets.handlers.in_flight')).toBe(0);
  });

  it('tell to how many clients pushes go, and the rooms there are', async () => {
    const { app, probe } = await start({}, { rooms: { 'log:*': { history: 10 } } });
    const [one, other] = [await app.connect(), await app.connect()];
    for (const client of [one, other]) await client.request('join', { room: 'log:1' });
    app.server.broadcast('news');
    app.server.sendToByMeta('role', 'nobody', 'news');
    app.server.sendTo(1, 'news');
    app.server.to('log:1').send('news');
    await app.server.to('log:1').publish('news');
    await Promise.all([one, other].map((client) => client.nextPush('news')));
    const fanOut = async (target: string) =>
      (await probe.value('nestjs_sockets.fan_out', { target })) as Histogram;
    expect(await fanOut('all')).toMatchObject({ count: 1, sum: 2 });
    expect(await fanOut('meta')).toMatchObject({ count: 1, sum: 0 });
    await until(async () => (await fanOut('rooms')).count === 2);
    expect((await fanOut('rooms')).sum).toBe(4);
    expect(await probe.value('nestjs_sockets.rooms')).toBe(1);
  });

  it('end with the application', async () => {
    const { app, probe } = await start();
    const stats = jest.spyOn(app.server, 'stats');
    await probe.collect();
    expect(stats).toHaveBeenCalledTimes(1);
    await app.close();
    await probe.collect();
    expect(stats).toHaveBeenCalledTimes(1);
  });

  it('are not made where they are off', async () => {
    const { app, probe } = await start({ metrics: false });
    await (await app.connect()).request('echo');
    expect(await probe.collect()).toEqual([]);
  });
});

it('A wrong option of openTelemetry() says what is expected', () => {
  expect(() => openTelemetry({ timedOneIn: 0 })).toThrow('timedOneIn');
  expect(() => openTelemetry({ meterProvider: {} as never })).toThrow('a MeterProvider');
});

it('An option telemetry that is none refuses to start', async () => {
  await expect(start({}, { telemetry: {} as never })).rejects.toThrow('openTelemetry()');
});
