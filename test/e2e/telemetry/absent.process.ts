// An application without the option telemetry, where neither OpenTelemetry nor terminus can be loaded.
import { register } from 'node:module';

register('./absent.hooks.mjs', import.meta.url);

const { memoryEngine, SharedKeyAuthHandler, SocketClient, SocketServer, SocketsModule } =
  await import('../../../src/index.js');
const { NestFactory } = await import('@nestjs/core');
const authKey = 'a-shared-key-of-some-length';

class AppModule {}

const sockets = SocketsModule.forRoot({
  authKey,
  port: 0,
  host: '127.0.0.1',
  engine: memoryEngine(),
});
const app = await NestFactory.create(
  { module: AppModule, imports: [sockets], providers: [SharedKeyAuthHandler] },
  { logger: false },
);
await app.init();
const address = `ws://127.0.0.1:${app.get(SocketServer).address()!.port}`;
const client = new SocketClient({ address, authKey });
await client.connect();
const [name, telemetry] = ['../../../src/telemetry/index.js', '@opentelemetry/api'];
const refusal = await import(name).then(
  () => 'loaded',
  (error: Error) => (error.message.includes(telemetry) ? 'refused' : error.message),
);
console.log(JSON.stringify({ state: client.state, refusal }));
client.close();
await app.close();
process.exit(0);
