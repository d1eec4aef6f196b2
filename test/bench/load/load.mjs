// The load generator: a process that the bench starts for one measurement, over raw TCP with a
// WebSocket client of its own. It checks every reply and answers with figures, or with an error.
import { once } from 'node:events';
import { assignJob, fail } from './job.mjs';
import { BroadcastLoad } from './broadcast-load.mjs';
import { HandshakeLoad } from './handshake-load.mjs';
import { IdleLoad } from './idle-load.mjs';
import { MembersLoad } from './members-load.mjs';
import { PacedLoad } from './paced-load.mjs';
import { PairedLoad } from './paired-load.mjs';
import { RequestLoad } from './request-load.mjs';
import { SendToLoad } from './send-to-load.mjs';
import { SignIn } from './sign-in.mjs';
import { SpreadSignIn } from './spread-sign-in.mjs';

const loads = {
  requests: RequestLoad,
  paced: PacedLoad,
  pairs: PairedLoad,
  broadcast: BroadcastLoad,
  handshakes: HandshakeLoad,
  idle: IdleLoad,
  members: MembersLoad,
  sendTo: SendToLoad,
};

async function collectServerGarbage() {
  process.send('collect');
  const [{ memory }] = await once(process, 'message');
  return memory;
}

process.on('uncaughtException', fail);
const job = await assignJob();
const signIn = job.ports ? new SpreadSignIn(job) : new SignIn(job);
const load = new loads[job.kind](signIn, job, collectServerGarbage);
process.send({ figures: await load.run() });
