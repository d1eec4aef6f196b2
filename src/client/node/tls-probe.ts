import { connect } from 'node:tls';

/**
 * Whether a server speaks TLS at the address of a `ws://`: one that does hangs up without a word, as a
 * server does that has just stopped, so only asking tells one from the other.
 */
export function speaksTls(address: string, timeout: number): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    // Nothing is sent, so it does not matter whose certificate it is.
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || 80,
      rejectUnauthorized: false,
    });
    const answer = (speaks: boolean) => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(timeout, () => answer(false));
    socket.once('secureConnect', () => answer(true));
    socket.on('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}
