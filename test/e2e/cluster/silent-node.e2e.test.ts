import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EngineSession } from '../../../src/engine/engine.js';
import { memoryEngine, type SocketServer } from '../../../src/index.js';
import { useApps } from '../../fixtures/apps.js';
import { RoomClient, RoomHandlers } from '../../fixtures/rooms.js';
import { connectNode } from '../../helpers/engine-node.js';
import { until } from '../../helpers/until.js';

const LONG = 40_000;

describe('The list of all clients', () => {
  const engine = memoryEngine();
  const startApp = useApps();
  let beats: NodeJS.Timeout | undefined;
  afterEach(() => clearInterval(beats));

  /** As a node that was killed, and has not been taken for dead yet. */
  async function startSilentNode(): Promise<EngineSession> {
    const { session } = await connectNode(engine);
    beats = setInterval(() => void session.beat(), 1_000);
    return session;
  }

  it('ends with an error at a node that is silent, and without one when it is gone', async () => {
    const app = await startApp({ providers: [RoomHandlers], options: { engine } });
    const { id } = await RoomClient.connect(app);
    const silent = await startSilentNode();
    await until(() => app.server.stats().cluster.nodes === 2, 'two nodes', LONG);
    const { found, error } = await list(app.server);
    expect(found).toEqual([id]);
    expect(error).toMatchObject({ name: 'RequestTimeoutError', code: 'REQUEST_TIMEOUT' });
    clearInterval(beats);
    await silent.close();
    // The first time it is still there when the list begins.
    const isWhole = async () => isDeepStrictEqual(await list(app.server), { found: [id] });
    await until(isWhole, 'the list without the other node', LONG);
  });
});

/** Who is listed before it ends, and the error with which it does. */
async function list(server: SocketServer): Promise<{ found: number[]; error?: unknown }> {
  const found: number[] = [];
  try {
    for await (const { id } of server.clients()) found.push(id);
    return { found };
  } catch (error) {
    return { found, error };
  }
}
