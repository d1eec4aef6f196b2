import { SpanKind } from '@opentelemetry/api';
import { expect, it } from '@jest/globals';
import { SocketHandler, SocketServer } from '../../../src/index.js';
import { useApps } from '../../fixtures/apps.js';
import { describeOnEngines } from '../../fixtures/engines.js';
import {
  found,
  parentOf,
  SpanProbe,
  telemetryOf,
  useActiveSpans,
} from '../../fixtures/telemetry.js';
import { until } from '../../helpers/until.js';

@SocketHandler('askOther')
class AskOther {
  constructor(private readonly sockets: SocketServer) {}

  server(client: number): Promise<unknown> {
    return this.sockets.request(client, 'status');
  }
}

useActiveSpans();
const startApp = useApps();

describeOnEngines('A trace over two nodes', (engine) => {
  const startNode = (probe: SpanProbe) =>
    startApp({
      providers: [AskOther],
      options: { telemetry: telemetryOf(probe), engine: engine() },
    });

  it('goes from a client through both to another client and back', async () => {
    const probes = [new SpanProbe(), new SpanProbe(), new SpanProbe(), new SpanProbe()] as const;
    const [asker, first, second, asked] = probes;
    const [here, there] = [await startNode(first), await startNode(second)];
    await until(() => [here, there].every(({ server }) => server.stats().cluster.nodes === 2));
    const client = await here.connect({ telemetry: telemetryOf(asker) });
    const other = await there.connect({ telemetry: telemetryOf(asked) });
    other.on('status', () => ({ idle: true }));
    const [otherId] = [...there.server.clientMap.keys()];
    expect(await client.request('askOther', otherId)).toEqual({ idle: true });
    const path = [
      await found(asker, 'askOther', SpanKind.CLIENT),
      await found(first, 'askOther', SpanKind.SERVER),
      await found(first, 'status', SpanKind.CLIENT),
      await found(second, 'status', SpanKind.CLIENT),
      await found(asked, 'status', SpanKind.SERVER),
    ];
    const ids = path.map((span) => span.spanContext());
    expect(new Set(ids.map(({ traceId }) => traceId)).size).toBe(1);
    expect(path.map(parentOf)).toEqual([undefined, ...ids.slice(0, -1).map((id) => id.spanId)]);
  });
});
