import { inspect } from 'node:util';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions as ServerTlsOptions } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { SocketClient, type TlsOptions } from '../../src/client/index.js';
import { useApps } from '../fixtures/apps.js';
import { AUTH_KEY } from '../fixtures/auth-key.js';
import { CERTIFICATE, CERTIFICATE_KEY } from '../fixtures/certificate.js';
import { useCleanUp } from '../fixtures/clean-up.js';
import { EchoHandler } from '../fixtures/handlers.js';
import { tlsBefore } from '../fixtures/tls-proxy.js';
import { DEFAULT_DEADLINE, withDeadline } from '../helpers/with-deadline.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';

const NOT_TRUSTED = { code: 'CANNOT_CONNECT', message: expect.stringContaining('"tls" ({ ca })') };
const UNUSABLE = {
  code: 'CANNOT_CONNECT',
  message: expect.stringContaining('The option "tls" cannot be used'),
};

const bench = useReadmeSamples();
const startApp = useApps();
const cleanUp = useCleanUp();

/** A server whose certificate is signed by itself, and is for the name localhost. */
async function startSecure(options?: ServerTlsOptions): Promise<number> {
  const { port } = await startApp({ providers: [EchoHandler] });
  return tlsBefore(port, cleanUp, options);
}

/** Connects, and resolves with what the server echoes. */
async function echo(port: number, tls?: TlsOptions, host = 'localhost'): Promise<unknown> {
  const address = `wss://${host}:${port}`;
  const client = new SocketClient({ address, authKey: AUTH_KEY, tls, reconnect: false });
  cleanUp(() => client.close());
  await withDeadline(client.connect(), DEFAULT_DEADLINE, 'connect()');
  return client.request('echo', 'sealed twice');
}

const failure = (attempt: Promise<unknown>) => attempt.catch((error: unknown) => error);

describe('A server with a certificate of a private CA', () => {
  it('is refused without the option "tls", and the error names it', async () => {
    expect(await failure(echo(await startSecure()))).toMatchObject(NOT_TRUSTED);
  });

  it.each([
    ['text', CERTIFICATE],
    ['bytes', Buffer.from(CERTIFICATE)],
    ['one of several', [CERTIFICATE, Buffer.from(CERTIFICATE)]],
  ])('is trusted when its CA is given as %s', async (_form, ca) => {
    expect(await echo(await startSecure(), { ca })).toBe('sealed twice');
  });

  it('is trusted for its own name only, which "servername" can say', async () => {
    const port = await startSecure();
    const elsewhere = echo(port, { ca: CERTIFICATE }, '127.0.0.1');
    expect(await failure(elsewhere)).toMatchObject(NOT_TRUSTED);
    const tls = { ca: CERTIFICATE, servername: 'localhost' };
    expect(await echo(port, tls, '127.0.0.1')).toBe('sealed twice');
  });

  it('is taken unseen with "rejectUnauthorized: false"', async () => {
    expect(await echo(await startSecure(), { rejectUnauthorized: false })).toBe('sealed twice');
  });

  it('sees the certificate of the client, where it asks for one', async () => {
    const port = await startSecure({ requestCert: true, ca: CERTIFICATE });
    await expect(echo(port, { ca: CERTIFICATE })).rejects.toThrow();
    const tls = { ca: CERTIFICATE, cert: CERTIFICATE, key: CERTIFICATE_KEY };
    expect(await echo(port, tls)).toBe('sealed twice');
  });

  it('is trusted by the client of CLIENT.md', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'private-ca-'));
    cleanUp(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'ca.pem');
    writeFileSync(file, CERTIFICATE);
    const address = `wss://localhost:${await startSecure()}`;
    bench.setEnvironment({ HALL_ADDRESS: address, HALL_CA: file });
    const { client } = await bench.samples.load<{ client: SocketClient }>('private-ca.client.ts');
    cleanUp(() => client.close());
    await client.connect();
    expect(await client.request('echo', 1)).toBe(1);
  });
});

describe('An option "tls" that cannot work', () => {
  it.each<[string, TlsOptions, object]>([
    ['a CA that is no PEM, of which Node sees nothing', { ca: 'my CA' }, NOT_TRUSTED],
    ['a key that is no PEM', { ca: CERTIFICATE, cert: CERTIFICATE, key: 'my key' }, UNUSABLE],
  ])('rejects at once for %s', async (_what, tls, expected) => {
    const port = await startSecure();
    const address = `wss://localhost:${port}`;
    // It would try again after what another attempt could mend.
    const client = new SocketClient({ address, authKey: AUTH_KEY, tls });
    cleanUp(() => client.close());
    const connecting = withDeadline(client.connect(), DEFAULT_DEADLINE, 'connect()');
    expect(await failure(connecting)).toMatchObject(expected);
  });

  it('is never told, whatever goes wrong', async () => {
    const port = await startSecure();
    const [begin, secret, ...rest] = CERTIFICATE_KEY.split('\n');
    const broken = [begin, secret, ...rest.slice(1)].join('\n');
    // The name does not fit, and the key cannot be read.
    for (const key of [CERTIFICATE_KEY, broken]) {
      const tls = { ca: CERTIFICATE, cert: CERTIFICATE, key };
      const error = await failure(echo(port, tls, '127.0.0.1'));
      expect(error).toMatchObject({ code: 'CANNOT_CONNECT' });
      expect(inspect(error, { depth: Infinity })).not.toContain(secret);
    }
  });
});
