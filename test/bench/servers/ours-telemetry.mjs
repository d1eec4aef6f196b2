// Two applications in one process: one with the option telemetry as `settings.telemetry` says, one without.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { SharedKeyAuthHandler, SocketHandler, SocketServer, SocketsModule } from 'nestjs-sockets';
import { openTelemetry } from 'nestjs-sockets/telemetry';
import { echoName } from '../echo-name.mjs';
import { ready, settings } from './server-process.mjs';

const { authKey, telemetry } = settings;

class EchoHandler {
  server(data) {
    return data;
  }
}
SocketHandler(echoName(0))(EchoHandler);

/** An echo that leaves no garbage behind. */
class CollectGarbageHandler {
  server(data) {
    globalThis.gc({ type: 'minor' });
    return data;
  }
}
SocketHandler('collectGarbage')(CollectGarbageHandler);

function meterProvider() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000 });
  setInterval(() => exporter.reset(), 5_000).unref();
  return new MeterProvider({ readers: [reader] });
}

function telemetryOf(kind) {
  if (kind === 'off') return undefined;
  if (kind === 'metrics') return openTelemetry({ meterProvider: meterProvider(), traces: false });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const ratio = kind === 'all traces' ? 1 : 0.01;
  const tracerProvider = new BasicTracerProvider({ sampler: new TraceIdRatioBasedSampler(ratio) });
  return openTelemetry({ tracerProvider, metrics: false });
}

async function start(option) {
  class AppModule {}
  const options = { port: 0, host: '127.0.0.1', authKey, pushField: 'data', telemetry: option };
  Module({
    imports: [SocketsModule.forRoot(options)],
    providers: [SharedKeyAuthHandler, CollectGarbageHandler, EchoHandler],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  await app.init();
  return app.get(SocketServer).address().port;
}

ready(await start(telemetryOf(telemetry)), await start(undefined));
