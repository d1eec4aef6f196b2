import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { newKeys } from '../../src/cli/keygen.js';
import { SkipAuth, SocketHandler } from '../../src/index.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { PYTHON_WITH_CRYPTOGRAPHY as PYTHON } from '../helpers/python-client.js';

const SCRIPT = fileURLToPath(new URL('../helpers/python-v2-client.py', import.meta.url));

const startApp = useApps();

@Injectable()
@SocketHandler('echo')
class EchoHandler {
  server(data: unknown): unknown {
    return data;
  }
}

@SkipAuth()
@SocketHandler('auth')
class OpenAuthHandler {
  server(): string {
    return 'success';
  }
}

function keysOf(kind: 'server' | 'device'): string[] {
  const lines = newKeys(kind).trim().split('\n');
  return lines.map((line) => line.slice(line.indexOf('=') + 1));
}

async function runPython(task: object): Promise<unknown> {
  const child = spawn(PYTHON!, [SCRIPT], { stdio: 'pipe' });
  child.stdin.end(`${JSON.stringify(task)}\n`);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(errors);
  return JSON.parse(output) as unknown;
}

// Python comes without both packages where .ci/run could not install them.
const describeWithPython = PYTHON === undefined ? describe.skip : describe;

describeWithPython('A client in Python that was written from PROTOCOL-V2.md', () => {
  it.each(['NNpsk0', 'NKpsk0', 'NK', 'IK'])('talks to the server in %s', async (pattern) => {
    const [serverKey, serverPublicKey] = keysOf('server');
    const [identity] = keysOf('device');
    const providers = [EchoHandler];
    const app = await startApp({ providers, auth: OpenAuthHandler, options: { serverKey } });
    const gone = firstValueFrom(app.server.disconnected$);
    const { address } = app;
    const result = await runPython({
      address,
      pattern,
      authKey: AUTH_KEY,
      serverPublicKey,
      identity,
    });
    expect(result).toEqual({
      settings: { maxMessageSize: 1_048_576, heartBeatInterval: 30_000 },
      auth: ['success'],
      echoes: ['♞0', '♞1', '♞2'],
      last: [1_099],
    });
    expect(await gone).toMatchObject({ clean: true });
  });
});
