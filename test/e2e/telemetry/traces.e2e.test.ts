import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ConnectedClient, SocketClient, SocketHandler } from '../../../src/index.js';
import type { OpenTelemetryOptions } from '../../../src/telemetry/index.js';
import { authenticatedRaw, connectRaw, useApps } from '../../fixtures/apps.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { EchoHandler, VersionHandler } from '../../fixtures/handlers.js';
import {
  found,
  parentOf,
  SpanProbe,
  telemetryOf,
  useActiveSpans,
} from '../../fixtures/telemetry.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { RawServer, type ReceivedMessage } from '../../helpers/raw-server.js';
import { until } from '../../helpers/until.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const TRACE = `00-${TRACE_ID}-${SPAN_ID}-01`;

@SocketHandler('count')
class Count {
  async *server(to: number) {
    for (let n = 1; n <= to; n++) yield n;
  }
}

/** Asks whoever wants to know. */
@SocketHandler('poll')
class Poll {
  async *server(_: unknown, client: ConnectedClient) {
    yield await client.request('status');
  }
}

@SocketHandler('broken')
class Broken {
  server(): void {
    throw new Error('no good');
  }
}

useActiveSpans();
const startApp = useApps();
const cleanUp = useCleanUp();
let probe: SpanProbe;
beforeEach(() => {
  probe = new SpanProbe();
});

function startNode(own: SpanProbe, options?: OpenTelemetryOptions) {
  return startApp({
    providers: [EchoHandler, VersionHandler, Count, Poll, Broken],
    options: { telemetry: telemetryOf(own, options) },
  });
}

describe('A trace', () => {
  it('has the attributes of the conventions for RPC', async () => {
    const app = await startNode(probe);
    const client = await app.connect({ telemetry: telemetryOf(probe) });
    await client.request('echo', 1);
    const attributes = { 'rpc.system.name': 'nestjs-sockets', 'rpc.method': 'echo' };
    expect((await found(probe, 'echo', SpanKind.CLIENT)).attributes).toEqual(attributes);
    expect((await found(probe, 'echo', SpanKind.SERVER)).attributes).toEqual(attributes);
  });

  it('has those for messaging, of what nobody waits for', async () => {
    const app = await startNode(probe);
    const client = await app.connect({ telemetry: telemetryOf(probe) });
    client.send({ request: 'echo', data: 1 });
    const sent = await found(probe, 'send echo', SpanKind.PRODUCER);
    const processed = await found(probe, 'process echo', SpanKind.CONSUMER);
    expect(parentOf(processed)).toBe(sent.spanContext().spanId);
    expect(processed.attributes).toEqual({
      'messaging.system': 'nestjs-sockets',
      'messaging.destination.name': 'echo',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
    });
  });

  it('says on both sides what failed, and nothing of what was said', async () => {
    const app = await startNode(probe);
    const client = await app.connect({ telemetry: telemetryOf(probe) });
    await expect(client.request('broken')).rejects.toThrow('Internal error');
    for (const kind of [SpanKind.CLIENT, SpanKind.SERVER]) {
      const { attributes, status, events } = await found(probe, 'broken', kind);
      expect(attributes['error.type']).toBe('INTERNAL');
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
      expect(events).toEqual([]);
    }
    client.close();
    await expect(client.request('echo')).rejects.toThrow();
    expect((await found(probe, 'echo', SpanKind.CLIENT)).attributes['error.type']).toBe(
      'NOT_CONNECTED',
    );
  });

  it('has spans of a stream that last until its end, however it ends', async () => {
    const app = await startNode(probe);
    const client = await app.connect({ telemetry: telemetryOf(probe) });
    const values = client.stream<number>('count', 3);
    expect((await values.next()).value).toBe(1);
    expect(probe.find('count', SpanKind.CLIENT)).toBeUndefined();
    for await (const value of values) if (value === 3) break;
    const asked = await found(probe, 'count', SpanKind.CLIENT);
    const handled = await found(probe, 'count', SpanKind.SERVER);
    expect(parentOf(handled)).toBe(asked.spanContext().spanId);
    expect(probe.spans.filter(({ name }) => name === 'count')).toHaveLength(2);
  });
});

it('What a generator does belongs to the span of its handler', async () => {
  const app = await startNode(probe);
  const client = await app.connect();
  client.on('status', () => 'idle');
  expect((await client.stream('poll').next()).value).toBe('idle');
  expect(await client.request('poll')).toBe('idle');
  const span = await found(probe, 'poll', SpanKind.SERVER);
  await until(() => probe.spans.filter(({ name }) => name !== 'auth').length === 4);
  const ids = probe.spans
    .filter(({ name }) => name === 'poll')
    .map((it) => it.spanContext().spanId);
  const asks = probe.spans.filter(({ name }) => name === 'status');
  expect(span.parentSpanContext).toBeUndefined();
  expect(asks.map(parentOf).toSorted()).toEqual(ids.toSorted());
});

describe('The field trace (R4.10)', () => {
  it('of a raw peer makes the handler a part of its trace', async () => {
    const app = await startNode(probe);
    const raw = await authenticatedRaw(app);
    raw.sendMessage({ request: 'echo', id: 1, trace: TRACE });
    const span = await found(probe, 'echo', SpanKind.SERVER);
    expect(span.spanContext().traceId).toBe(TRACE_ID);
    expect(parentOf(span)).toBe(SPAN_ID);
  });

  it.each([1, null, {}, '', 'x'.repeat(65), TRACE.toUpperCase(), `${TRACE}-more`])(
    'is ignored as %j, and the request is answered',
    async (trace) => {
      const app = await startNode(probe);
      const raw = await authenticatedRaw(app);
      raw.sendMessage({ request: 'echo', id: 1, data: 'x', trace });
      expect(await raw.next()).toMatchObject({ id: 1, response: 'x' });
      expect(parentOf(await found(probe, 'echo', SpanKind.SERVER))).toBeUndefined();
    },
  );

  it('of a peer that has not authenticated is ignored', async () => {
    const app = await startNode(probe);
    const raw = await connectRaw(app);
    raw.sendMessage({ request: 'version', id: 1, trace: TRACE });
    expect(parentOf(await found(probe, 'version', SpanKind.SERVER))).toBeUndefined();
  });

  it('is a link where clients may not decide, or nothing', async () => {
    for (const clientTraces of ['link', 'ignore'] as const) {
      const own = new SpanProbe();
      const raw = await authenticatedRaw(await startNode(own, { clientTraces }));
      raw.sendMessage({ request: 'echo', id: 1, trace: TRACE });
      const { links, parentSpanContext } = await found(own, 'echo', SpanKind.SERVER);
      expect(parentSpanContext).toBeUndefined();
      const ids = links.map(({ context }) => context.spanId);
      expect(ids).toEqual(clientTraces === 'link' ? [SPAN_ID] : []);
    }
  });

  it('is sent with an ask to a peer that knows ids', async () => {
    const app = await startNode(probe);
    const raw = await authenticatedRaw(app);
    void app.server.request(1, 'status').catch(() => undefined);
    const ask = await raw.next();
    expect(ask).toMatchObject({ request: 'status', data: null });
    expect(ask).toHaveProperty('trace', expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/));
  });

  it('is not sent to a server that echoes no ids', async () => {
    const server = await RawServer.start({ authKey: AUTH_KEY, mode: 'original' });
    cleanUp(() => server.stop());
    const client = new SocketClient({
      address: `ws://127.0.0.1:${server.port}`,
      authKey: AUTH_KEY,
      version: 1,
      reconnect: false,
      telemetry: telemetryOf(probe),
    });
    cleanUp(() => client.close());
    await client.connect();
    client.send({ request: 'move', data: 1 });
    const isMove = ({ message }: ReceivedMessage) => message.request === 'move';
    const { message } = await server.received.nextMatching(isMove, 'move');
    expect(message).toEqual({ request: 'move', data: 1 });
    expect(probe.find('send move', SpanKind.PRODUCER)).toBeDefined();
  });

  it('is not sent without the option', async () => {
    const app = await startApp({ providers: [EchoHandler] });
    const raw = await authenticatedRaw(app);
    void app.server.request(1, 'status').catch(() => undefined);
    expect(await raw.next()).not.toHaveProperty('trace');
  });
});
