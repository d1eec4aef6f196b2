import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { rawFrame } from './support/raw-frame.js';
import { RawSocket } from './support/raw-socket.js';

/** One byte a read, as long as the server takes them. Resolves with how many it took. */
async function dribble(peer: RawSocket, bytes: Buffer): Promise<number> {
  let sent = 0;
  while (sent < bytes.length && peer.isOpen) {
    peer.write(bytes.subarray(sent, ++sent));
    // Server and peer share this process, so the server reads in between.
    await turn();
    await turn();
  }
  return sent;
}

describe('A frame that comes byte by byte', () => {
  let sockets: SocketsTestApp;
  beforeAll(async () => {
    sockets = await startApp({ options: { maxAuthFailuresPerMinute: Infinity } });
  });
  afterAll(closeApps);

  it('is given up with 1008 before authentication, so that its parts take no memory', async () => {
    const peer = await RawSocket.open(sockets.port);
    const sent = await dribble(peer, rawFrame({ payload: Buffer.alloc(4_000) }));
    expect(await peer.untilEnded()).toBe(1008);
    expect(sent).toBeLessThan(1_000);
  });

  it('is taken after authentication', async () => {
    const peer = await RawSocket.session({ port: sockets.port, authKey: AUTH_KEY });
    const frame = peer.sealed({ request: 'nobody', data: 'x'.repeat(200) });
    const reply = peer.nextMessage();
    await dribble(peer, frame);
    expect(await reply).toMatchObject({ error: { code: 'UNKNOWN_HANDLER' } });
    peer.destroy();
  });
});
