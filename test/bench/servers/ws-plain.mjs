// ws alone: JSON in text messages, nothing encrypted.
import { WebSocketServer } from 'ws';
import { ready, settings } from './server-process.mjs';

const members = new Set();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () =>
  ready(server.address().port),
);

function serve(webSocket, { request, data }) {
  if (request === 'echo') return webSocket.send(JSON.stringify({ request, response: data }));
  if (request !== 'announce') return webSocket.close();
  const text = JSON.stringify({ request: 'announcement', data });
  for (const member of members) member.send(text);
}

function authenticate(webSocket, { request, data }) {
  if (request !== 'auth' || data?.authKey !== settings.authKey) return webSocket.close();
  members.add(webSocket);
  webSocket.send(JSON.stringify({ request, response: 'success' }));
}

server.on('connection', (webSocket) => {
  webSocket.on('message', (frame) => {
    const message = JSON.parse(frame.toString());
    if (members.has(webSocket)) serve(webSocket, message);
    else authenticate(webSocket, message);
  });
  webSocket.on('close', () => members.delete(webSocket));
});
