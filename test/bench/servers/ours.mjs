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

const { authKey, handlers = 1, guarded = false, limitsOff = false } = settings;

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

class AppModule {}
Module({
  imports: [
    SocketsModule.forRoot({
      port: 0,
      host: '127.0.0.1',
      authKey,
      ...(limitsOff ? withoutLimits() : {}),
    }),
  ],
  providers: [
    SharedKeyAuthHandler,
    AnnounceHandler,
    ...Array.from({ length: handlers }, (_, index) => echoHandler(echoName(index))),
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
await app.init();
ready(app.get(SocketServer).address().port);
