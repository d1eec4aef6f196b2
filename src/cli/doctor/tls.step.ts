import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Target } from './network.steps.js';
import { failed, ok, skipped, type Step } from './step.js';

const MILLISECONDS_PER_DAY = 86_400_000;
const SOON = 14;

/** What certificate the server shows, whether Node trusts it, and how long it is valid. */
export async function inspectTls({ host, port, isTls, tls, timeout }: Target): Promise<Step> {
  if (!isTls) return skipped('tls', 'ws:// has none; over the internet use wss://');
  const servername = isIP(host) ? undefined : host;
  // Nothing is sent, and a certificate that is not trusted is what is looked for.
  const trusted = tls as ConnectionOptions | undefined;
  const socket = connect({ servername, ...trusted, host, port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeout) });
    return judge(socket, host);
  } catch (error) {
    const { code = '', name, message } = error as NodeJS.ErrnoException;
    const why = name === 'AbortError' ? `no answer within ${timeout} ms` : code || message;
    return failed('tls', `no TLS here (${why})`, 'Use ws:// for a server that speaks no TLS.');
  } finally {
    socket.destroy();
  }
}

function judge(socket: TLSSocket, host: string): Step {
  const { subject, valid_to: until } = socket.getPeerCertificate();
  const about = `${socket.getProtocol()}, certificate of ${String(subject?.CN ?? 'nobody')}, valid until ${until}`;
  // Node's types say that it is an Error, and it is the code of one.
  const problem = String(socket.authorizationError ?? '');
  if (!socket.authorized) return failed('tls', `${about}: ${problem}`, adviceFor(problem, host));
  const days = Math.floor((Date.parse(until) - Date.now()) / MILLISECONDS_PER_DAY);
  const advice = days < SOON ? `Renew the certificate: ${days} days are left.` : undefined;
  return ok('tls', about, advice);
}

function adviceFor(problem: string, host: string): string {
  if (problem.includes('ALTNAME')) {
    return `Get a certificate for ${host}, or use the name it is for.`;
  }
  if (problem.includes('EXPIRED')) {
    return 'Renew the certificate, and see the clock of this machine.';
  }
  return 'Trust its CA (--ca FILE; of a SocketClient the option "tls", or NODE_EXTRA_CA_CERTS), or send the whole chain from the server.';
}
