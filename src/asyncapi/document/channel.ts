import { CloseCode } from '../../protocol/close-code.js';
import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { AsyncApiChannel, Reference } from '../types/async-api.types.js';

const CLOSE_CODES: Readonly<Partial<Record<keyof typeof CloseCode, string>>> = {
  Normal: 'done',
  GoingAway: 'the server shuts down',
  PolicyViolation: 'a message in far too many pieces',
  TooBig: 'a message is too big',
  InternalError: 'something failed that nobody foresaw; worth another attempt',
  BadFrame: 'a frame that does not open, is no message, or was replayed',
  Unauthorized: '`auth` refused, or something else came first; credentials expired',
  Forbidden: 'a second `auth`',
  AuthTimeout: 'no `auth` in time',
  TooMany: 'too many messages',
  TooSlow: 'does not read what it is sent',
};

/** The one endpoint, with all messages. */
export function describeChannel(
  options: ResolvedSocketsOptions,
  servers: readonly string[],
  messages: readonly string[],
): AsyncApiChannel {
  return {
    address: options.path,
    title: 'The sockets',
    description: [
      'Every message is one JSON object; its `request` names it. A client sends `auth` first.',
      ...(options.encryption ? [sealing(options)] : []),
      `Close codes:\n\n${closeCodes()}`,
    ].join('\n\n'),
    servers: servers.map((name) => ({ $ref: `#/servers/${name}` })),
    messages: Object.fromEntries(
      messages.map((key): [string, Reference] => [key, { $ref: `#/components/messages/${key}` }]),
    ),
    bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
  };
}

function sealing({ versions }: ResolvedSocketsOptions): string {
  const texts = {
    1: 'In version 1 of the wire each is sealed into a binary WebSocket message of its own.',
    2: 'In version 2, the subprotocol `nestjs-sockets.v2`, a sealed record holds all messages of a turn.',
  };
  return versions.map((version) => texts[version]).join(' ');
}

function closeCodes(): string {
  return Object.entries(CLOSE_CODES)
    .map(([name, when]) => `- ${CloseCode[name as keyof typeof CloseCode]}: ${when}`)
    .join('\n');
}
