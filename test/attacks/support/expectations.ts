import { CloseCode } from '../../../src/protocol/close-code.js';
import type { RawSocket } from './raw-socket.js';

/** Rejects unless the server closes with 4400. */
export async function expectRefused(peer: RawSocket): Promise<void> {
  if (await peer.roundTrip()) throw new Error('accepted');
  const code = await peer.untilEnded();
  if (code !== CloseCode.BadFrame) throw new Error(`closed with ${code}`);
}

/** Rejects unless the server took everything so far and leaves the connection open. */
export async function expectOpen(peer: RawSocket): Promise<void> {
  if (!(await peer.roundTrip())) throw new Error(`closed with ${peer.closeCode} too early`);
}
