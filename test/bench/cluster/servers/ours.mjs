// A node of a cluster, or a process of its own where no Redis is named.
import 'reflect-metadata';
import { Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SharedKeyAuthHandler, SocketHandler, SocketServer, SocketsModule } from 'nestjs-sockets';
import { ready, settings } from '../../servers/server-process.mjs';

const { authKey, redisUrl, rooms, sharedBroadcast } = settings;

async function engineOptions() {
  if (!redisUrl) return {};
  const { redisEngine } = await import('nestjs-sockets/redis');
  return { engine: redisEngine({ url: redisUrl }) };
}

/** Decorators are applied by hand, so that this file runs as it is. */
function handler(name, server) {
  class Handler {
    constructor(sockets) {
      this.sockets = sockets;
    }

    server(data, client) {
      return server(this.sockets, data, client);
    }
  }
  SocketHandler(name)(Handler);
  Inject(SocketServer)(Handler, undefined, 0);
  return Handler;
}

let targets = { ids: [], body: '' };

function sendMany(sockets, { from, count }) {
  const { ids, body } = targets;
  for (let sequence = from; sequence < from + count; sequence++) {
    sockets.sendTo(ids[sequence % ids.length], 'note', { sequence, body });
  }
}

async function join(client, names) {
  await Promise.all(names.map((name) => client.join(name)));
  return 'joined';
}

class AppModule {}
Module({
  imports: [
    SocketsModule.forRoot({
      port: 0,
      host: '127.0.0.1',
      authKey,
      pushField: 'data',
      rooms,
      sharedBroadcast,
      ...(await engineOptions()),
    }),
  ],
  providers: [
    SharedKeyAuthHandler,
    handler('echo', (_, data) => data),
    handler('announce', (sockets, data) => void sockets.broadcast('announcement', data)),
    handler('whoami', (_sockets, _data, client) => client.id),
    handler('targets', (_, data) => void (targets = data)),
    handler('sendMany', (sockets, data) => sendMany(sockets, data)),
    handler('join', (_sockets, names, client) => join(client, names)),
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
await app.init();
ready(app.get(SocketServer).address().port);
