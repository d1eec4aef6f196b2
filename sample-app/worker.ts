import { NestFactory } from '@nestjs/core';
import { stopWithParent } from './processes/parent.js';
import { StartLogger } from './processes/start-logger.js';
import { WorkerModule } from './worker.module.js';
import { Shift } from './workers/shift.service.js';

const name = process.env.WORKER_NAME ?? `worker ${process.pid}`;

const logger = new StartLogger();
const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(name), { logger });
app.enableShutdownHooks();
logger.started();
stopWithParent(() => app.close());

await app.get(Shift).over;
await app.close();
process.exit();
