// Starts a new application as in production, and has a client ask each of its handlers. Both take the key
// from the application's .env.
import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './commands.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PATIENCE = 30_000;

/** @param app the folder of the application, built */
export async function askNewApp(app) {
  const { SOCKET_AUTH_KEY: _unwanted, ...others } = process.env;
  const env = { ...others, NODE_ENV: 'production', PORT: '0', SOCKET_PORT: '0' };
  const server = spawn(process.execPath, ['dist/main'], { cwd: app, env });
  try {
    const port = await portOf(server);
    copyFileSync(join(HERE, 'new-app/ask.mjs'), join(app, 'ask.mjs'));
    await run(app, process.execPath, '--env-file=.env', 'ask.mjs', port);
  } finally {
    server.kill();
  }
}

function portOf(server) {
  let output = '';
  return new Promise((resolve, reject) => {
    const look = (text) => {
      output += text;
      const [, port] = /Sockets on port (\d+)/.exec(output) ?? [];
      if (port) resolve(port);
    };
    server.stdout.on('data', look);
    server.stderr.on('data', look);
    const fail = (why) => reject(new Error(`The new application ${why}:\n${output}`));
    server.once('exit', () => fail('ended'));
    setTimeout(fail, PATIENCE, 'does not listen').unref();
  });
}
