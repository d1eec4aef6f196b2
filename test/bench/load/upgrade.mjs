import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const END_OF_HEAD = '\r\n\r\n';

function requestFor(port, path, nonce, subprotocols) {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${nonce}`,
    'Sec-WebSocket-Version: 13',
    ...(subprotocols ? [`Sec-WebSocket-Protocol: ${subprotocols}`] : []),
  ];
  return lines.join('\r\n') + END_OF_HEAD;
}

/** Resolves with what came after the head of the response. */
function readHead(socket, nonce) {
  const accept = createHash('sha1').update(`${nonce}${ACCEPT_SUFFIX}`).digest('base64');
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onClose = () => reject(new Error('the server closed during the upgrade'));
    const onData = (chunk) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      socket.off('data', onData).off('error', reject).off('close', onClose).pause();
      const text = head.toString('latin1', 0, end);
      if (!text.startsWith('HTTP/1.1 101') || !text.includes(accept)) {
        return reject(new Error(`upgrade refused: ${text.split('\r\n')[0]}`));
      }
      resolve(head.subarray(end + END_OF_HEAD.length));
    };
    socket.on('data', onData).once('error', reject).once('close', onClose);
  });
}

/** Each with a handshake of its own, resumed from no other. */
async function connectTo(port, tls) {
  const target = { port, host: '127.0.0.1' };
  const socket = tls ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
  socket.setNoDelay(true);
  await once(socket, tls ? 'secureConnect' : 'connect');
  return socket;
}

/**
 * Opens a WebSocket over TCP, or TLS.
 * @param {{ port: number, path: string, tls?: boolean, subprotocols?: string }} target
 * @returns {Promise<import('node:net').Socket>} paused, with whatever followed the upgrade unread
 */
export async function upgrade({ port, path, tls = false, subprotocols }) {
  const socket = await connectTo(port, tls);
  const nonce = randomBytes(16).toString('base64');
  socket.write(requestFor(port, path, nonce, subprotocols));
  const rest = await readHead(socket, nonce);
  if (rest.length > 0) socket.unshift(rest);
  return socket;
}
