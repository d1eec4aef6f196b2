import type { AddressInfo } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { assertUsable } from '../../handlers/handler.router.js';
import { HandlersExplorer, type FoundHandler } from '../../handlers/handlers.explorer.js';
import { OptionReader } from '../../options/option-reader.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { AUTH } from '../../protocol/message-name.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import { SocketServer } from '../../server/socket-server.js';
import type { DeclaredPush } from '../decorators/documentation.js';
import type { SocketsDocumentConfig } from './document.config.js';
import type { AsyncApiDocument, AsyncApiInfo } from '../types/async-api.types.js';
import { describeChannel } from './channel.js';
import { DocumentDraft } from './document.draft.js';
import { addErrors } from './errors.js';
import { addFramework } from './framework.js';
import { addHandler } from './handlers.js';
import { addPush } from './pushes.js';
import { explorePushes } from './pushes.explorer.js';
import { securitySchemes } from './security.js';
import { describeServers, type ServerFacts } from './servers.js';
import { MESSAGE_ID } from './wire.messages.js';

const CONFIG_NAMES: readonly (keyof SocketsDocumentConfig)[] = [
  'title',
  'version',
  'description',
  'termsOfService',
  'contact',
  'license',
  'tags',
  'id',
  'servers',
  'pushes',
  'errors',
  'framework',
];

/** From an application to its document. */
export function createDocument(
  app: INestApplicationContext,
  config: SocketsDocumentConfig,
): AsyncApiDocument {
  new OptionReader('SocketsDocument', config).assertKnown(CONFIG_NAMES);
  const options = optionsOf(app);
  const schemes = securitySchemes(options);
  const security = Object.keys(schemes).map((name) => ({
    $ref: `#/components/securitySchemes/${name}`,
  }));
  const servers = describeServers(config, { options, security, ...placesOf(app) });
  const { schemas, messages, operations } = draftOf(app, config, options);
  return {
    asyncapi: '3.0.0',
    ...(config.id !== undefined && { id: config.id }),
    info: infoOf(config),
    defaultContentType: 'application/json',
    servers,
    channels: { sockets: describeChannel(options, Object.keys(servers), [...messages.keys()]) },
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(messages),
      schemas: schemas.components,
      securitySchemes: schemes,
    },
  };
}

function draftOf(
  app: INestApplicationContext,
  { errors = [], framework = true, pushes = {} }: SocketsDocumentConfig,
  options: ResolvedSocketsOptions,
): DocumentDraft {
  const draft = new DocumentDraft();
  draft.schemas.add('MessageId', MESSAGE_ID);
  addErrors(draft, errors);
  for (const found of handlersOf(app)) addHandler(draft, found, options);
  const given = Object.entries(pushes).map(([name, push]): DeclaredPush => ({ ...push, name }));
  const declared = new Map<string, DeclaredPush>();
  for (const push of [...given, ...explorePushes(app.get(DiscoveryService, { strict: false }))]) {
    if (!declared.has(push.name)) declared.set(push.name, push);
  }
  for (const push of declared.values()) addPush(draft, push, options);
  if (framework) addFramework(draft);
  return draft;
}

/** Those of the server, `auth` first. */
function handlersOf(app: INestApplicationContext): FoundHandler[] {
  const found = app.get(HandlersExplorer, { strict: false }).explore();
  found.forEach(assertUsable);
  const onServer = found.filter(
    ({ type, methodName }) =>
      typeof (type.prototype as Record<string, unknown>)[methodName] === 'function',
  );
  const isAuth = ({ name }: FoundHandler) => name === AUTH;
  return [...onServer.filter(isAuth), ...onServer.filter((handler) => !isAuth(handler))];
}

function optionsOf(app: INestApplicationContext): ResolvedSocketsOptions {
  // Asking an application for what it has not got ends the process, unless it was created otherwise.
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  if (modules.some(({ providers }) => providers.has(SOCKETS_OPTIONS))) {
    return app.get<ResolvedSocketsOptions>(SOCKETS_OPTIONS, { strict: false });
  }
  throw new SocketsError(
    'INVALID_OPTION',
    'SocketsDocument.create() found no SocketsModule in the application. Import SocketsModule.forRoot() in one of its modules.',
  );
}

function placesOf(app: INestApplicationContext): Pick<ServerFacts, 'address' | 'httpServer'> {
  const { httpAdapter } = app.get<Partial<HttpAdapterHost>>(HttpAdapterHost, { strict: false });
  const address = app.get(SocketServer, { strict: false }).address() as AddressInfo | undefined;
  const httpServer = httpAdapter?.getHttpServer() as ServerFacts['httpServer'];
  return { address: address ?? undefined, httpServer };
}

function infoOf(config: SocketsDocumentConfig): AsyncApiInfo {
  const {
    title = 'Sockets',
    version = '1.0.0',
    description = 'What clients and server say.',
  } = config;
  const { termsOfService, contact, license, tags } = config;
  return {
    title,
    version,
    description,
    ...(termsOfService !== undefined && { termsOfService }),
    ...(contact && { contact }),
    ...(license && { license }),
    ...(tags && { tags }),
  };
}
