// ws, AES-256-GCM and authentication, written by hand: a key for each session, one `send` for each
// message. No heartbeat, no limits, no protection against replay.
import { randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { open, seal } from '../aes-envelope.mjs';
import { globalKeyOf } from '../global-key.mjs';
import { ready, settings } from './server-process.mjs';

const globalKey = globalKeyOf(settings.authKey);
const sessionKeys = new Map();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () =>
  ready(server.address().port),
);

function serve(webSocket, key, { request, data }) {
  if (request === 'echo') {
    return webSocket.send(seal(key, JSON.stringify({ request, response: data })));
  }
  if (request !== 'announce') return webSocket.close();
  const text = JSON.stringify({ request: 'announcement', data });
  for (const [member, memberKey] of sessionKeys) member.send(seal(memberKey, text));
}

function authenticate(webSocket, { request, data }) {
  if (request !== 'auth' || data?.authKey !== settings.authKey) return webSocket.close();
  const key = randomBytes(32);
  const reply = { request, response: 'success', sessionKey: key.toString('base64') };
  webSocket.send(seal(globalKey, JSON.stringify(reply)));
  sessionKeys.set(webSocket, key);
}

function receive(webSocket, frame) {
  const key = sessionKeys.get(webSocket);
  try {
    const message = JSON.parse(open(key ?? globalKey, frame));
    if (key) serve(webSocket, key, message);
    else authenticate(webSocket, message);
  } catch {
    webSocket.close();
  }
}

server.on('connection', (webSocket) => {
  webSocket.on('message', (frame) => receive(webSocket, frame));
  webSocket.on('close', () => sessionKeys.delete(webSocket));
});
