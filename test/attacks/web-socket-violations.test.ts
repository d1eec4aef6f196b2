import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SocketClient } from '../../src/client/index.js';
import { AttackedServer } from './support/attacked-server.js';
import { inParallel } from './support/in-parallel.js';
import { commit, commitRandom, VIOLATIONS } from './support/violations.js';

describe('a peer that violates RFC 6455', () => {
  let server: AttackedServer;
  let honest: SocketClient;

  beforeAll(async () => {
    server = await AttackedServer.start({ maxAuthFailuresPerMinute: Infinity });
    honest = await server.connect();
  });

  afterAll(() => server.stop());

  it.each(VIOLATIONS.map((violation) => [violation.what, violation] as const))(
    'with %s is told why and cut, alone',
    async (_what, violation) => {
      expect(violation.codes).toContain(await commit(violation, server.port));
      expect(await honest.request('echo', 'still here')).toBe('still here');
    },
  );

  it('with 500 connections of random frames crashes nothing and delivers nothing', async () => {
    await inParallel(500, 25, () => commitRandom(server.port));
    expect(await honest.request('echo', 'still here')).toBe('still here');
    expect(await server.takeDelivered()).toEqual([]);
    expect(await server.clientIds()).toHaveLength(1);
  });
});
