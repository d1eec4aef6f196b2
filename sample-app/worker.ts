import { NestFactory } from '@nestjs/core';
import { stopWithParent } from './processes/parent.js';
import { StartLogger } from './processes/start-logger.js';
import { startTraces } from './telemetry/hall-traces.js';
import { CLUSTER_HOOKS, WorkerModule } from './worker.module.js';
import { Shift } from './workers/shift.service.js';

const name = process.env.WORKER_NAME ?? `worker ${process.pid}`;

const logger = new StartLogger();
const hooks = process.env.HALL_HAS_NODES ? CLUSTER_HOOKS : undefined;
const module = WorkerModule.forRoot(name, await startTraces(), hooks);
const app = await NestFactory.createApplicationContext(module, { logger });
app.enableShutdownHooks();
logger.started();
stopWithParent(() => app.close());

await app.get(Shift).over;
await app.close();
process.exit();
