import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { Opcode, rawFrame } from './support/raw-frame.js';
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

describe('A message in fragments', () => {
  it('with many pongs among them is given up with 1008, since each fragment keeps a whole read', async () => {
    const sockets = await startApp();
    const peer = await RawSocket.open(sockets.port);
    const pong = rawFrame({ opcode: Opcode.Pong, payload: 'x' });
    peer.write(rawFrame({ fin: false, payload: 'x' }));
    peer.write(Buffer.concat(Array<Buffer>(65).fill(pong)));
    expect(await peer.untilEnded()).toBe(1008);
    await closeApps();
  });

  it('may come between pongs, and any number of pongs between messages', async () => {
    const sockets = await startApp();
    const peer = await RawSocket.session({ port: sockets.port, authKey: AUTH_KEY });
    const pong = rawFrame({ opcode: Opcode.Pong });
    const message = peer.sealed({ request: 'nobody' });
    const reply = peer.nextMessage();
    peer.write(Buffer.concat([...Array<Buffer>(200).fill(pong), message]));
    expect(await reply).toMatchObject({ error: { code: 'UNKNOWN_HANDLER' } });
    peer.destroy();
    await closeApps();
  });
});
