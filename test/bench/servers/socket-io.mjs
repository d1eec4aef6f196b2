// socket.io over its websocket transport: requests are acknowledged, nothing is encrypted.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { ready, settings } from './server-process.mjs';

const http = createServer();
const server = new Server(http, { transports: ['websocket'], serveClient: false });

server.use((socket, next) => {
  const isKnown = socket.handshake.auth.authKey === settings.authKey;
  next(isKnown ? undefined : new Error('unauthorized'));
});
server.on('connection', (socket) => {
  socket.on('echo', (data, acknowledge) => acknowledge(data));
  socket.on('announce', (data) => server.emit('announcement', data));
});
http.listen(0, '127.0.0.1', () => ready(http.address().port));
