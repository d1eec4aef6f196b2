import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import { RecordHandler } from '../fixtures/handlers.js';
import { RawClient } from '../helpers/raw-client.js';
import type { SocketsTestApp } from '../../src/testing/index.js';

const RUNS = 300;

let sockets: SocketsTestApp;
beforeAll(async () => {
  sockets = await startApp({
    providers: [RecordHandler],
    options: { maxAuthFailuresPerMinute: Infinity },
  });
});
afterAll(closeApps);

const authenticated = async (): Promise<RawClient> => {
  const client = await RawClient.connect({ port: sockets.port, authKey: AUTH_KEY });
  await client.authenticate();
  return client;
};

const flip = (frame: Buffer, at: number, mask: number): Buffer => {
  const copy = Buffer.from(frame);
  const index = at % copy.length;
  copy.writeUInt8(copy.readUInt8(index) ^ mask, index);
  return copy;
};

const position = fc.nat({ max: 10_000 });
const mask = fc.integer({ min: 1, max: 255 });

/** fast-check prints the seed and the smallest case of a failure. */
const always = <T extends unknown[]>(property: fc.IAsyncProperty<T>) =>
  fc.assert(property, { numRuns: RUNS });

describe('Whatever is mutated', () => {
  it('in a sealed frame closes that connection with 4400, and delivers nothing', async () => {
    await always(
      fc.asyncProperty(position, mask, async (at, bits) => {
        const client = await authenticated();
        client.sendFrame(flip(client.seal({ request: 'record', data: 1 }), at, bits));
        expect((await client.closed).code).toBe(4400);
      }),
    );
    expect(sockets.app.get(RecordHandler).calls).toEqual([]);
  });

  it('in the auth frame closes that connection with 4400, and authenticates nobody', async () => {
    await always(
      fc.asyncProperty(position, mask, async (at, bits) => {
        const client = await RawClient.connect({ port: sockets.port, authKey: AUTH_KEY });
        const auth = client.seal({ request: 'auth', data: { authKey: AUTH_KEY } });
        client.sendFrame(flip(auth, at, bits));
        expect((await client.closed).code).toBe(4400);
      }),
    );
  });

  it('in well-sealed JSON is answered, ignored or closed with 4400, and the server goes on', async () => {
    const noise = fc.record(
      {
        request: fc.oneof(fc.constant('nobody'), fc.anything()),
        id: fc.anything(),
        data: fc.anything(),
        response: fc.anything(),
        error: fc.anything(),
        stream: fc.anything(),
        cancel: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      noise.map((value) => toJson(value)),
    );
    await always(
      fc.asyncProperty(text, async (json) => {
        const client = await authenticated();
        client.sendFrame(client.sealText(json));
        // Only on a connection that is still open; either way the server answers the next one.
        const how = await Promise.race([client.closed, client.roundTrip()]).catch(() => undefined);
        expect([undefined, 4400]).toContain((how as { code?: number } | undefined)?.code);
        await client.terminate();
      }),
    );
    const honest = await authenticated();
    expect(await honest.request('record', 'honest')).toMatchObject({ response: 'recorded' });
    expect(sockets.app.get(RecordHandler).calls).toEqual(['honest']);
  });
});

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'bigint' ? String(inner) : inner,
    );
  } catch {
    return '{}';
  }
}
