// The load generator: a process that the bench starts for one measurement, over raw TCP with a
// WebSocket client of its own. It checks every reply and answers with figures, or with an error.
import { once } from 'node:events';
import { assignJob, fail } from './job.mjs';
import { BroadcastLoad } from './broadcast-load.mjs';
import { HandshakeLoad } from './handshake-load.mjs';
import { IdleLoad } from './idle-load.mjs';
import { PacedLoad } from './paced-load.mjs';
import { PairedLoad } from './paired-load.mjs';
import { RequestLoad } from './request-load.mjs';
import { SignIn } from './sign-in.mjs';

const loads = {
  requests: RequestLoad,
  paced: PacedLoad,
  pairs: PairedLoad,
  broadcast: BroadcastLoad,
  handshakes: HandshakeLoad,
  idle: IdleLoad,
};

async function collectServerGarbage() {
  process.send('collect');
  await once(process, 'message');
}

process.on('uncaughtException', fail);
const job = await assignJob();
const load = new loads[job.kind](new SignIn(job), job, collectServerGarbage);
process.send({ figures: await load.run() });
