/**
 * What somebody who installed the package writes. It is compiled and run against the packed
 * package, once as an ES module and once as CommonJS.
 */
import assert from 'node:assert/strict';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  SharedKeyAuthHandler,
  SocketHandler,
  SocketServer,
  SocketsModule,
  type ConnectedClient,
} from 'nestjs-sockets';
import { SocketsDocument, SocketResponse } from 'nestjs-sockets/asyncapi';
import { CloseCode, SocketClient } from 'nestjs-sockets/client';
import { redisEngine } from 'nestjs-sockets/redis';
import { SocketsTestApp } from 'nestjs-sockets/testing';

const AUTH_KEY = 'a-shared-key-of-some-length';

@SocketHandler()
class AddNumbersHandler {
  constructor(private readonly sockets: SocketServer) {}

  @SocketResponse({ type: 'object', properties: { sum: { type: 'number' } } })
  server(data: { left: number; right: number }, client: ConnectedClient) {
    return {
      sum: data.left + data.right,
      role: client.meta.role,
      clients: this.sockets.clientMap.size,
    };
  }
}

@Module({
  imports: [SocketsModule.forRoot({ authKey: AUTH_KEY })],
  providers: [SharedKeyAuthHandler, AddNumbersHandler],
})
class AppModule {}

async function exchangeOneSealedRequest(): Promise<void> {
  const sockets = await SocketsTestApp.start(Test.createTestingModule({ imports: [AppModule] }));
  const client = new SocketClient({
    address: sockets.address,
    authKey: AUTH_KEY,
    authData: { role: 'worker' },
    reconnect: false,
  });
  try {
    await client.connect();
    const answer = await client.request('addNumbers', { left: 2, right: 3 });
    assert.deepEqual(answer, { sum: 5, role: 'worker', clients: 1 });
    assert.equal(CloseCode.Unauthorized, 4401);
    const { components } = SocketsDocument.create(sockets.app);
    const reply = components.messages['addNumbers.reply']?.payload.properties?.response;
    assert.deepEqual(reply?.properties, { sum: { type: 'number' } });
  } finally {
    client.close();
    await sockets.close();
  }
}

/** The engine can be imported and its options are checked; to connect it needs a package that is not here. */
async function askForThePackageRedis(): Promise<void> {
  const engine = redisEngine({ url: 'redis://127.0.0.1:6379' });
  const listener = { onFrame() {}, onEntry() {}, onAvailable() {} };
  await assert.rejects(engine.connect(listener), {
    code: 'ENGINE_UNAVAILABLE',
    message: /npm install redis/,
  });
}

Promise.all([exchangeOneSealedRequest(), askForThePackageRedis()]).then(
  () => console.log('exchanged one sealed request'),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
