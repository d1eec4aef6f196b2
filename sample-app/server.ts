import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { SocketServer } from '../src/index.js';
import { stopWithParent, tellParent } from './processes/parent.js';
import { StartLogger } from './processes/start-logger.js';
import { ServerModule } from './server.module.js';

const givenKey = process.env.SOCKET_AUTH_KEY;
const authKey = givenKey ?? randomBytes(32).toString('base64url');
const workers = Number(process.env.HALL_WORKERS ?? 1);

const logger = new StartLogger();
const app = await NestFactory.create(ServerModule.forRoot({ authKey, workers }), { logger });
app.enableShutdownHooks();
await app.init();
logger.started();

const address = `ws://127.0.0.1:${app.get(SocketServer).address()?.port}`;
const wasForked = tellParent({ address });
stopWithParent(() => app.close());

if (!wasForked) {
  const key = givenKey ? '' : `SOCKET_AUTH_KEY=${authKey} `;
  console.log(`\nThe hall is open. Send it a worker from another terminal, or several:\n`);
  console.log(`  ${key}SOCKET_ADDRESS=${address} npm run start:worker\n`);
}
