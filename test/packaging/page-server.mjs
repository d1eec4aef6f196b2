// A Nest server of the built package, as pages need it.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SkipAuth, SocketHandler, SocketServer, SocketsModule } from 'nestjs-sockets';
import { generateKeyPair, privateBytesOf } from '../../dist/envelope/x25519.js';

class AuthHandler {
  server({ token }) {
    return token === 'a token';
  }
}
SkipAuth()(AuthHandler);
SocketHandler('auth')(AuthHandler);

class EchoHandler {
  server(data) {
    return data;
  }
}
SocketHandler('echo')(EchoHandler);

/** @returns {Promise<{ address: string, publicKey: string, close(): Promise<void> }>} */
export async function startPageServer() {
  const keys = generateKeyPair();
  const serverKey = privateBytesOf(keys).toString('base64url');
  const options = { port: 0, host: '127.0.0.1', serverKey, allowedOrigins: '*' };
  const authKey = 'nobody has this key of 32 characters';
  class AppModule {}
  Module({
    imports: [SocketsModule.forRoot({ ...options, authKey })],
    providers: [AuthHandler, EchoHandler],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.init();
  return {
    address: `ws://127.0.0.1:${app.get(SocketServer).address().port}`,
    publicKey: keys.publicKey.toString('base64url'),
    close: () => app.close(),
  };
}
