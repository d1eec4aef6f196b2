import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SocketClient } from '../../src/client/index.js';
import { violateWebSocket } from './scenarios/violations.scenario.js';
import { expectHeld } from './support/expect-held.js';
import { AttackedServer } from './support/attacked-server.js';
import { commit, VIOLATIONS } from './support/violations.js';

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

  it('over and over crashes nothing, delivers nothing and disturbs nobody', async () => {
    expectHeld(await violateWebSocket({ connections: 1_000 }));
  });
});
