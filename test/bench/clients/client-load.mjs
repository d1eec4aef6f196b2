// The measured client process: bursts of requests over several connections to one server. It checks
// every reply and answers with its own CPU time for each request, or with an error.
import { SocketClient } from 'nestjs-sockets/client';
import { assignJob, fail } from '../load/job.mjs';
import { Payloads } from '../load/payloads.mjs';
import { Phases } from '../load/phases.mjs';
import { HandWrittenClient } from './hand-written-client.mjs';

const kinds = { 'socket-client': SocketClient, 'by-hand': HandWrittenClient };

async function connectAll({ client, port, authKey, connections, version = 1 }) {
  const options = { address: `ws://127.0.0.1:${port}`, authKey, version };
  const clients = Array.from({ length: connections }, () => new kinds[client](options));
  await Promise.all(clients.map((each) => each.connect()));
  return clients;
}

async function requestEcho(client, json) {
  const echo = await client.request('echo', JSON.parse(json));
  if (JSON.stringify(echo) !== json) throw new Error('an echo came back changed');
}

async function burst(clients, pipeline, payloads) {
  const replies = [];
  for (const client of clients) {
    for (let count = 0; count < pipeline; count++) {
      replies.push(requestEcho(client, payloads.next().json));
    }
  }
  await Promise.all(replies);
  return replies.length;
}

process.on('uncaughtException', fail);
const job = await assignJob();
const clients = await connectAll(job);
const payloads = new Payloads(job.bytes);
const phases = new Phases({ ...job, pid: process.pid });
while (!phases.advance(await burst(clients, job.pipeline, payloads)));
process.send({ figures: phases.figures() });
