import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Balancer } from '../attacks/support/balancer.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { askForUpgrade } from '../fixtures/upgrade.js';
import { RecipeApp } from '../fixtures/recipes/recipe-app.js';
import { useRecipeClients } from '../fixtures/recipes/recipe-clients.js';
import { MessageQueue } from '../helpers/message-queue.js';
import { until } from '../helpers/until.js';
import { withDeadline } from '../helpers/with-deadline.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const LONG = 20_000;

const bench = useReadmeSamples();
const cleanUp = useCleanUp();
const connect = useRecipeClients();

/** What handlers ask; it answers when the test says so. */
async function startRenderer() {
  const asked = new MessageQueue<ServerResponse>();
  const server = createServer((_request, response) => asked.push(response)).listen(0, '127.0.0.1');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, url };
}

/** Two pods, and a Service that sends connections to those that are ready. */
async function startPods() {
  const renderer = await startRenderer();
  bench.setEnvironment({ RENDERER_URL: renderer.url });
  const file = 'kubernetes.main.ts';
  const pods = await Promise.all([RecipeApp.start(bench, file), RecipeApp.start(bench, file)]);
  const ready = new Set(pods);
  const service = await Balancer.start(() => [...ready][0]?.ports.sockets);
  cleanUp(() => service.stop());
  return { pods, ready, address: service.address, asked: renderer.asked };
}

const readiness = async ({ healthUrl }: RecipeApp) => (await fetch(healthUrl)).status;

describe('The recipe for Kubernetes', () => {
  it('SIGTERM makes a pod unready, drains it, and sends its clients to another', async () => {
    const { pods, ready, address, asked } = await startPods();
    const [going, staying] = pods;
    const client = await connect(address, { reconnect: { baseDelay: 1, maxDelay: 50 } });
    expect(await (await fetch(going.healthUrl)).json()).toEqual({ clients: 1 });
    const answer = client.request<{ html: string; by: number }>('render', 'first', {
      timeout: LONG,
    });
    const rendering = await asked.next('the request in flight', LONG);
    const reconnected = once(client.events as never, 'reconnected');

    going.process.kill('SIGTERM');
    await until(async () => (await readiness(going)) === 503, 'the pod to be unready', LONG);
    expect((await askForUpgrade(going.ports.sockets)).status).toBe(503);
    expect(await readiness(staying)).toBe(200);
    expect(client.state).toBe('connected');
    ready.delete(going);
    const tooLate = client.request('render', 'too late').catch((error: unknown) => error);

    rendering.end('<p>first</p>');
    const first = await answer;
    expect(first.html).toBe('<p>first</p>');
    expect(await tooLate).toMatchObject({ code: 'CONNECTION_LOST' });
    await withDeadline(reconnected, LONG, 'the client to be at the other pod');
    expect(await going.process.untilEnded()).toBe('SIGTERM');

    const again = client.request<{ html: string; by: number }>('render', 'second');
    (await asked.next('the request at the other pod', LONG)).end('<p>second</p>');
    expect((await again).html).toBe('<p>second</p>');
    expect((await again).by).not.toBe(first.by);
    expect(await (await fetch(staying.healthUrl)).json()).toEqual({ clients: 1 });
  });
});
