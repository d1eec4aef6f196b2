// Nest's own WsAdapter and an ordinary gateway: JSON in text messages, nothing encrypted.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { certificate } from '../certificate.mjs';
import { guard } from './passing.guard.mjs';
import { ready, settings } from './server-process.mjs';

const members = new Set();

class EchoGateway {
  handleDisconnect(client) {
    members.delete(client);
  }

  auth(client, data) {
    if (data?.authKey !== settings.authKey) return client.close();
    members.add(client);
    return { event: 'auth', data: 'success' };
  }

  echo(data) {
    return { event: 'echo', data };
  }

  announce(data) {
    const text = JSON.stringify({ event: 'announcement', data });
    for (const member of members) member.send(text);
  }
}

// Decorators are applied by hand, so that this file runs as it is.
const { prototype } = EchoGateway;
for (const name of ['auth', 'echo', 'announce']) {
  SubscribeMessage(name)(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
}
ConnectedSocket()(prototype, 'auth', 0);
MessageBody()(prototype, 'auth', 1);
MessageBody()(prototype, 'announce', 0);
if (settings.guarded) guard(prototype, 'echo');
else MessageBody()(prototype, 'echo', 0);
WebSocketGateway()(EchoGateway);

class AppModule {}
Module({ providers: [EchoGateway] })(AppModule);

const app = await NestFactory.create(AppModule, {
  logger: ['warn', 'error'],
  ...(settings.tls && { httpsOptions: certificate }),
});
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
ready(app.getHttpServer().address().port);
