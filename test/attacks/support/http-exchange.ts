import { connect } from 'node:net';
import { withDeadline } from '../../helpers/with-deadline.js';

// Longer than the server waits for a request head.
const DEADLINE = 15_000;

/** Writes the bytes, ends its side, and resolves with all that came back until the other side ends. */
export async function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.end(bytes);
  await withDeadline(closed, DEADLINE, 'the end of an HTTP exchange');
  return Buffer.concat(chunks);
}
