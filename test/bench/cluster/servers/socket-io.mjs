// A node of socket.io, with one of its adapters for Redis: nothing is encrypted.
import { createServer } from 'node:http';
import { createAdapter as createPubSubAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { ready, settings } from '../../servers/server-process.mjs';

const { authKey, redisUrl, adapter } = settings;

async function connect() {
  // Both adapters were written for the replies of this version.
  const client = createClient({ url: redisUrl, RESP: 2 });
  client.on('error', (error) => console.error(error));
  return client.connect();
}

const adapters = {
  pubSub: async () => createPubSubAdapter(...(await Promise.all([connect(), connect()]))),
  streams: async () => createStreamsAdapter(await connect()),
};

const http = createServer();
const server = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  adapter: await adapters[adapter](),
});

server.use((socket, next) => {
  const isKnown = socket.handshake.auth.authKey === authKey;
  next(isKnown ? undefined : new Error('unauthorized'));
});
server.on('connection', (socket) => {
  socket.on('echo', (data, acknowledge) => acknowledge(data));
  socket.on('announce', (data) => server.emit('announcement', data));
});
http.listen(0, '127.0.0.1', () => ready(http.address().port));
