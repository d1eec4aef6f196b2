import type { AddressInfo, Server } from 'node:net';
import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import type { DocumentedServer, SocketsDocumentConfig } from './document.config.js';
import type { AsyncApiServer, Reference } from '../types/async-api.types.js';

const DEFAULT_HTTP_PORT = '3000';

/** What the places where clients connect are known by. */
export interface ServerFacts {
  readonly options: ResolvedSocketsOptions;
  /** Of the sockets, where it listens already. */
  readonly address: AddressInfo | undefined;
  readonly httpServer: Server | undefined;
  readonly security: readonly Reference[];
}

/** @throws SocketsError `INVALID_OPTION` for a URL that is none of a WebSocket server */
export function describeServers(
  { servers }: SocketsDocumentConfig,
  facts: ServerFacts,
): Readonly<Record<string, AsyncApiServer>> {
  if (!servers) return { local: localServer(facts) };
  const given = Object.entries(servers).map(([name, server]) => {
    const details = typeof server === 'string' ? { url: server } : server;
    return [name, givenServer(name, details, facts)] as const;
  });
  return Object.fromEntries(given);
}

function givenServer(
  name: string,
  { url, description }: DocumentedServer,
  { options, security }: ServerFacts,
): AsyncApiServer {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const protocol = parsed?.protocol.slice(0, -1);
  if (!parsed || (protocol !== 'ws' && protocol !== 'wss')) {
    throw new SocketsError(
      'INVALID_OPTION',
      `The server "${name}" of a SocketsDocument is at ${JSON.stringify(url)}, which is no address of a WebSocket server. Write it as clients do: 'wss://sockets.example.com/sockets'.`,
    );
  }
  const pathname = prefixOf(parsed.pathname, options.path);
  return {
    host: parsed.host,
    protocol,
    ...(pathname && { pathname }),
    ...(description !== undefined && { description }),
    security,
  };
}

// The channel has the path of the options; what a proxy takes away before it stands in the server.
function prefixOf(pathname: string, path: string): string {
  const prefix = pathname.endsWith(path) ? pathname.slice(0, -path.length) : pathname;
  return prefix.replace(/\/$/, '');
}

function localServer({ options, address, httpServer, security }: ServerFacts): AsyncApiServer {
  const isShared = options.port === 'http';
  const protocol = isShared && httpServer && 'setSecureContext' in httpServer ? 'wss' : 'ws';
  const port = address?.port ?? (options.port === 'http' ? 0 : options.port);
  const rest = { protocol, description: 'This machine', security } as const;
  if (port !== 0) return { host: `localhost:${port}`, ...rest };
  // Nobody knows before the application listens.
  const variable = { default: DEFAULT_HTTP_PORT, description: 'Where the application listens' };
  return { host: 'localhost:{port}', ...rest, variables: { port: variable } };
}
