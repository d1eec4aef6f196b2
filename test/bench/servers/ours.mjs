// The package as it was built, with its options at their defaults.
import 'reflect-metadata';
import { Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  DEFAULT_LIMITS,
  SharedKeyAuthHandler,
  SocketHandler,
  SocketServer,
  SocketsModule,
} from 'nestjs-sockets';
import { echoName } from '../echo-name.mjs';
import { guard } from './passing.guard.mjs';
import { ready, settings } from './server-process.mjs';

const { authKey, handlers = 1, guarded = false, twin = false, sharedBroadcast = false } = settings;

// Decorators are applied by hand, so that this file runs as it is.
function echoHandler(name) {
  class EchoHandler {
    server(data) {
      return data;
    }
  }
  if (guarded) guard(EchoHandler.prototype, 'server');
  SocketHandler(name)(EchoHandler);
  return EchoHandler;
}

/** An echo that leaves no garbage behind. */
class CollectGarbageHandler {
  server(data) {
    globalThis.gc({ type: 'minor' });
    return data;
  }
}
SocketHandler('collectGarbage')(CollectGarbageHandler);

class AnnounceHandler {
  constructor(sockets) {
    this.sockets = sockets;
  }

  server(data) {
    this.sockets.broadcast('announcement', data);
  }
}
SocketHandler('announce')(AnnounceHandler);
Inject(SocketServer)(AnnounceHandler, undefined, 0);

function withoutLimits() {
  const off = (name) => (name.endsWith('Window') ? 0 : Infinity);
  return Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, off(name)]));
}

function moduleWith(limits) {
  class AppModule {}
  Module({
    // The load's clients send no id with their auth, and every server pushes to them in data.
    imports: [
      SocketsModule.forRoot({
        port: 0,
        host: '127.0.0.1',
        authKey,
        pushField: 'data',
        sharedBroadcast,
        ...limits,
      }),
    ],
    providers: [
      SharedKeyAuthHandler,
      AnnounceHandler,
      CollectGarbageHandler,
      ...Array.from({ length: handlers }, (_, index) => echoHandler(echoName(index))),
    ],
  })(AppModule);
  return AppModule;
}

async function start(limits = {}) {
  const app = await NestFactory.create(moduleWith(limits), { logger: ['warn', 'error'] });
  await app.init();
  return app.get(SocketServer).address().port;
}

ready(await start(), twin ? await start(withoutLimits()) : undefined);
