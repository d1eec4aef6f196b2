import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { HallTraces, startTraces } from '../../../../sample-app/telemetry/hall-traces.js';
import { useEnvironment } from '../../../fixtures/environment.js';

const setEnvironment = useEnvironment();
afterEach(() => void jest.restoreAllMocks());

describe('The traces of the hall', () => {
  it('are not there where nobody collects them', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    const traces = await startTraces();
    expect(traces.provider).toBeUndefined();
    expect(traces.forClient()).toBeUndefined();
    await traces.onApplicationShutdown();
  });

  it('keep nothing from ending when the collector is away, and say so', async () => {
    const provider = new NodeTracerProvider();
    jest.spyOn(provider, 'shutdown').mockRejectedValue(new Error('nobody is there'));
    const log = jest.spyOn(console, 'error').mockReturnValue(undefined);
    await new HallTraces(provider).onApplicationShutdown();
    expect(log).toHaveBeenCalledWith('The traces did not get through: Error: nobody is there');
  });
});
