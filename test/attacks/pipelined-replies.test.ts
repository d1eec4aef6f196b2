import { afterEach, describe, expect, it } from '@jest/globals';
import { AttackedServer } from './support/attacked-server.js';

describe('a client that reads as fast as it can', () => {
  let server: AttackedServer;

  afterEach(() => server.stop());

  it('gets every reply that it asked for at once, however many bytes they are together', async () => {
    server = await AttackedServer.start();
    const client = await server.connect();
    const requests = Array.from({ length: 20 }, () => client.request<string>('big', 1_000_000));
    const replies = await Promise.allSettled(requests);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 'fulfilled'));
    expect((await server.stats()).refused).toEqual({});
  });
});
