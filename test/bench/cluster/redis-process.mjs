// Keeps a redis-server of the bench's own, which ends with this process, and so with the bench.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-sockets-bench-redis-'));
let redis;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function untilReady() {
  return new Promise((resolve, reject) => {
    let text = '';
    redis.stdout.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (text.includes('eady to accept connections')) resolve();
    });
    redis.once('error', ({ message }) =>
      reject(new Error(`--cluster needs redis-server (apt-get install redis-server): ${message}`)),
    );
    redis.once('exit', () => reject(new Error(`redis-server ended: ${text.trim()}`)));
  });
}

process.on('exit', () => {
  redis?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit());
process.once('disconnect', () => process.exit());
process.on('message', () => process.exit());

try {
  const port = await freePort();
  const place = ['--port', port, '--bind', '127.0.0.1', '--dir', folder];
  redis = spawn('redis-server', [...place, '--save', '', '--appendonly', 'no'].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilReady();
  process.send({ url: `redis://127.0.0.1:${port}`, pid: redis.pid });
} catch (error) {
  process.send({ error: error.message }, () => process.exit(1));
}
