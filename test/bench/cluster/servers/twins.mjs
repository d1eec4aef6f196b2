// Two builds of the package in one process, on a port each.
import 'reflect-metadata';
import { Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ready, settings } from '../../servers/server-process.mjs';

const { authKey, builds } = settings;

// Two, so that each build has code of its own that calls it.
async function start({ url, handlers }) {
  const { SharedKeyAuthHandler, SocketHandler, SocketServer, SocketsModule } = await import(
    new URL('index.js', url)
  );
  const { handlersFor } = await import(handlers);
  class AppModule {}
  Module({
    imports: [SocketsModule.forRoot({ port: 0, host: '127.0.0.1', authKey, pushField: 'data' })],
    providers: [SharedKeyAuthHandler, ...handlersFor({ Inject, SocketHandler, SocketServer })],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  await app.init();
  return app.get(SocketServer).address().port;
}

const ports = {};
// What is loaded first may be compiled better.
for (const { name, ...build } of builds) ports[name] = await start(build);
ready(ports.now, ports.before);
