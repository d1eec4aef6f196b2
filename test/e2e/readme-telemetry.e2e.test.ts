import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SharedKeyAuthHandler, SocketsModule, type SocketClient } from '../../src/index.js';
import { openTelemetry } from '../../src/telemetry/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { freePort } from '../helpers/free-port.js';
import { OtlpCollector } from '../helpers/otlp-collector.js';
import { ADDRESS_IN_SAMPLES, useReadmeSamples } from '../readme/use-readme-samples.js';

const bench = useReadmeSamples();
const cleanUp = useCleanUp();

async function startSample(
  file: string,
  name: string,
  replace: Record<string, string> = {},
): Promise<SocketsTestApp> {
  const exported = await bench.samples.load<Record<string, Type>>(file, replace);
  return bench.startModule(Test.createTestingModule({ imports: [exported[name]!] }));
}

describe('The samples of TELEMETRY.md', () => {
  it('have Prometheus read what a handler did', async () => {
    const port = await freePort();
    const app = await startSample('metrics.module.ts', 'MetricsModule', { 9464: String(port) });
    const client = await app.connect();
    expect(await client.request('validateMove', 'e4')).toBe(true);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    const lines = (await response.text()).split('\n');
    const starting = (text: string) => lines.filter((line) => line.startsWith(text));
    expect(starting('nestjs_sockets_connections{state="authenticated"')).toEqual([
      expect.stringMatching(/} 1$/),
    ]);
    expect(starting('nestjs_sockets_messages_total{network_io_direction="receive"')).toHaveLength(
      1,
    );
    expect(starting('nestjs_sockets_send_waiting{')).toHaveLength(1);
    const calls = starting('nestjs_sockets_handler_calls_total').join('\n');
    expect(calls).toContain('rpc_method="validateMove"');
    const buckets = starting('rpc_server_call_duration_bucket').join('\n');
    expect(buckets).toContain('rpc_method="validateMove"');
  });

  it('have a client that is traced', async () => {
    const app = await startSample('metrics.module.ts', 'MetricsModule', {
      9464: String(await freePort()),
    });
    const { client } = await bench.samples.load<{ client: SocketClient }>('traced-client.ts', {
      [ADDRESS_IN_SAMPLES]: app.address,
    });
    await client.connect();
    expect(await client.request('validateMove', 'e4')).toBe(true);
    client.close();
  });

  it('have a provider that sends spans to a collector, of a client and of its server', async () => {
    const collector = await OtlpCollector.start();
    cleanUp(() => collector.stop());
    bench.setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    const { tracerProvider } = await bench.samples.load<{
      tracerProvider: { shutdown(): Promise<void> };
    }>('tracing.ts');
    const sample = await bench.samples.load<Record<string, Type>>('metrics.module.ts');
    const traced = SocketsModule.forRoot({ telemetry: openTelemetry({ metrics: false }) });
    const providers = [SharedKeyAuthHandler, sample['ValidateMoveHandler']!];
    const app = await bench.startModule(Test.createTestingModule({ imports: [traced], providers }));
    const { client } = await bench.samples.load<{ client: SocketClient }>('traced-client.ts', {
      [ADDRESS_IN_SAMPLES]: app.address,
    });
    await client.connect();
    expect(await client.request('validateMove', 'e4')).toBe(true);
    client.close();
    await tracerProvider.shutdown();
    const spans = collector.spans.filter(({ name }) => name === 'validateMove');
    expect(spans.map(({ kind }) => kind).toSorted()).toEqual([2, 3]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('have checks of life and readiness', async () => {
    const app = await startSample('health.module.ts', 'HealthModule');
    await app.app.listen(0, '127.0.0.1');
    const { port } = app.app.getHttpServer().address() as AddressInfo;
    for (const path of ['live', 'ready']) {
      const response = await fetch(`http://127.0.0.1:${port}/health/${path}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        status: 'ok',
        details: { sockets: { status: 'up', listening: true } },
      });
    }
  });
});
