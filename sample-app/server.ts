import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SocketServer } from '../src/index.js';
import { DOCUMENT_PATH, serveDocument } from './hall/hall.document.js';
import type { HallOptions } from './hall/hall.options.js';
import { makeServerKeys } from './hall/server-keys.js';
import { NodeModule } from './node/node.module.js';
import { stopWithParent, tellParent } from './processes/parent.js';
import { StartLogger } from './processes/start-logger.js';
import { ServerModule } from './server.module.js';
import { HallTelemetryModule } from './telemetry/hall-telemetry.module.js';
import { startTraces } from './telemetry/hall-traces.js';

const DEFAULT_PORT = 2667;

const givenKey = process.env.SOCKET_AUTH_KEY;
const authKey = givenKey ?? randomBytes(32).toString('base64url');
const workers = Number(process.env.HALL_WORKERS ?? 1);
const options = { authKey, workers, ...makeServerKeys(), ...inherited() };
const { cluster } = options;
const measures = HallTelemetryModule.create(await startTraces());
const module = cluster
  ? NodeModule.forRoot(options, cluster, measures)
  : ServerModule.forRoot(options, measures);

const logger = new StartLogger();
const app = await NestFactory.create<NestExpressApplication>(module, { logger });
app.enableShutdownHooks();
serveDocument(app);
await app.listen(Number(process.env.SOCKET_PORT ?? DEFAULT_PORT), '127.0.0.1');
logger.started();

const { port } = app.getHttpServer().address() as AddressInfo;
const address = `ws://127.0.0.1:${port}`;
const { node } = app.get(SocketServer).stats().cluster;
const wasForked = tellParent({ address, node });
stopWithParent(() => app.close());

if (!wasForked) {
  const key = givenKey ? '' : `SOCKET_AUTH_KEY=${authKey} `;
  const url = `http://127.0.0.1:${port}`;
  console.log(`\nThe hall is open. Watch it at ${url}/\n`);
  console.log(`Its messages are described at ${url}${DOCUMENT_PATH}`);
  console.log(`Prometheus finds its metrics at ${url}/metrics\n`);
  console.log('Send it a worker from another terminal, or several:\n');
  console.log(`  ${key}SOCKET_ADDRESS=${address} npm run start:worker\n`);
}

/** What all nodes of a run have in common, from whoever started them. */
function inherited(): Partial<HallOptions> {
  const { HALL_NODE_OPTIONS } = process.env;
  return HALL_NODE_OPTIONS ? (JSON.parse(HALL_NODE_OPTIONS) as Partial<HallOptions>) : {};
}
