import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { AttackedServer } from '../attacks/support/attacked-server.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { askForUpgrade } from '../fixtures/upgrade.js';

const cleanUp = useCleanUp();

/** Asks for upgrades until one is refused, and resolves with the status. */
async function statusOfRefusal(port: number): Promise<number> {
  for (;;) {
    const { status } = await askForUpgrade(port);
    if (status !== 101) return status;
  }
}

describe('SIGTERM to an application with shutdown hooks', () => {
  it('drains: newcomers get 503, handlers in flight reply, clients are told 1001', async () => {
    const server = await AttackedServer.start({ maxUnauthenticatedConnectionsPerIp: Infinity });
    cleanUp(() => server.stop());
    const [busy, idle] = [await server.connect(), await server.connect()];
    const reply = busy.request('work', 1_000);
    // Its answer comes behind the other request, which is handled by then.
    await busy.request('whoAmI');
    const ends = [busy, idle].map(({ events }) => once(events, 'disconnect'));
    server.process.terminate();
    expect(await statusOfRefusal(server.port)).toBe(503);
    expect(await reply).toBe('done');
    for (const end of ends) expect(await end).toMatchObject([{ code: 1001 }]);
    expect(await server.process.exited).toBe('SIGTERM');
  });
});
