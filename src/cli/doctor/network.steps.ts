import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { ResolvedClientOptions } from '../../client/core/client.options.js';
import type { TlsOptions } from '../../client/core/tls-options.js';
import { failed, ok, skipped, type Step } from './step.js';

/** Where the server is, as sockets take it. */
export interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Whom to trust. */
  readonly tls: TlsOptions | undefined;
  /** Milliseconds for each step. */
  readonly timeout: number;
}

const HTTPS_PORT = 443;
const HTTP_PORT = 80;

export function targetOf({
  address,
  connectTimeout,
  tls,
}: Pick<ResolvedClientOptions, 'address' | 'connectTimeout' | 'tls'>): Target {
  const url = new URL(address);
  const isTls = url.protocol === 'wss:';
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const port = Number(url.port) || (isTls ? HTTPS_PORT : HTTP_PORT);
  return { url, host, port, isTls, tls, timeout: connectTimeout };
}

export function describeAddress({ url, host, port }: Target): Step {
  const usual = url.port === '' ? ` (no port in the URL, so ${port})` : '';
  return ok(
    'address',
    `${url.protocol}//, host ${host}, port ${port}${usual}, path ${url.pathname}`,
  );
}

export async function findName({ host }: Target): Promise<Step> {
  if (isIP(host)) return skipped('dns', `${host} is an address already`);
  try {
    const found = await lookup(host, { all: true });
    return ok('dns', `${host} is ${found.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const advice = `See that "${host}" is spelled right, and that this machine can look names up.`;
    return failed('dns', `${host} is not found (${code || message})`, advice);
  }
}

export async function openTcp({ host, port, timeout }: Target): Promise<Step> {
  const start = performance.now();
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeout) });
    const time = (performance.now() - start).toFixed(1);
    return ok('tcp', `connected to ${socket.remoteAddress} port ${port} in ${time} ms`);
  } catch (error) {
    return noTcp(error as NodeJS.ErrnoException, host, port, timeout);
  } finally {
    socket.destroy();
  }
}

function noTcp(
  { name, code = '', message }: NodeJS.ErrnoException,
  host: string,
  port: number,
  timeout: number,
): Step {
  if (name === 'AbortError') {
    const advice = 'Something on the way drops packets: see firewalls, and that the host is up.';
    return failed('tcp', `${host} port ${port} did not answer within ${timeout} ms`, advice);
  }
  if (code === 'ECONNREFUSED') {
    const advice = `Start the server, and see that it listens on port ${port} and on this interface (options "port" and "host").`;
    return failed('tcp', `nothing listens on ${host} port ${port} (${code})`, advice);
  }
  const advice = 'See the network between this machine and the server.';
  return failed('tcp', `no connection to ${host} port ${port} (${code || message})`, advice);
}
