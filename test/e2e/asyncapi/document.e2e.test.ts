import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { makeServerKeys } from '../../../sample-app/hall/server-keys.js';
import { ServerModule } from '../../../sample-app/server.module.js';
import {
  SocketsDocument,
  type AsyncApiDocument,
  type JsonSchema,
  type SocketsDocumentConfig,
} from '../../../src/asyncapi/index.js';
import type { SocketsOptions } from '../../../src/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useApps } from '../../fixtures/apps.js';
import { DOCUMENTED } from './documented-app.js';
import { complaintsAbout } from './parse-document.js';

const startApp = useApps();

async function documentOf(
  options: SocketsOptions = {},
  config: SocketsDocumentConfig = {},
): Promise<AsyncApiDocument> {
  const { app } = await startApp({ ...DOCUMENTED, options });
  return SocketsDocument.create(app, config);
}

/** A field of a message, or nothing. */
function field(document: AsyncApiDocument, message: string, name: string): JsonSchema | undefined {
  return document.components.messages[message]?.payload.properties?.[name];
}

const keys = (messages: readonly { $ref: string }[] = []) =>
  messages.map(({ $ref }) => $ref.replace('#/channels/sockets/messages/', ''));

describe('The parser of AsyncAPI has nothing against the document', () => {
  it.each<[string, SocketsOptions]>([
    ['of every kind of handler', {}],
    ['with every way to prove oneself', { serverKey: makeServerKeys().serverKey }],
    ['without encryption', { encryption: false, versions: [1] }],
    ['on a path of a shared server', { port: 'http', path: '/sockets', pushField: 'response' }],
  ])('%s', async (_title, options) => {
    const document = await documentOf(options, { errors: [{ code: 'TENANT_GONE' }] });
    expect(await complaintsAbout(JSON.stringify(document))).toEqual([]);
    expect(await complaintsAbout(SocketsDocument.toYaml(document))).toEqual([]);
  });

  it('of the sample application', async () => {
    const options = { authKey: AUTH_KEY, workers: 1, ...makeServerKeys() };
    const app = await NestFactory.create(ServerModule.forRoot(options), { logger: false });
    const document = SocketsDocument.create(app, { title: 'The game hall' });
    await app.close();
    expect(Object.keys(document.operations)).toContain('receive.validateGame');
    expect(await complaintsAbout(JSON.stringify(document))).toEqual([]);
    expect(JSON.stringify(document)).not.toContain(options.authKey);
    expect(JSON.stringify(document)).not.toContain(options.serverKey);
  });
});

describe('The document', () => {
  it('has each handler, each push and what the framework says', async () => {
    const { operations } = await documentOf();
    expect(Object.keys(operations)).toEqual([
      'receive.auth',
      'receive.validateGame',
      'receive.watchGames',
      'receive.countTo',
      'receive.move',
      'receive.version',
      'receive.anything',
      'receive.native.event',
      'send.announcement',
      'send.status',
      'send.moved',
      'receive.heartBeat',
      'receive.reauth',
      'send.reauth',
      'send.sockets.room',
    ]);
  });

  it('has no more than the application where the framework is left out', async () => {
    const { operations, components } = await documentOf({}, { framework: false });
    expect(Object.keys(operations)).not.toContain('receive.heartBeat');
    expect(Object.keys(components.schemas)).not.toContain('RoomEvent');
  });

  it('has what a request carries and what answers it', async () => {
    const document = await documentOf();
    const operation = document.operations['receive.validateGame']!;
    expect(operation).toMatchObject({
      action: 'receive',
      summary: 'Judges a game',
      tags: [{ name: 'requests' }, { name: 'games' }],
    });
    expect(keys(operation.messages)).toEqual(['validateGame.request']);
    expect(keys(operation.reply?.messages)).toEqual(['validateGame.reply', 'validateGame.error']);
    const reference = { $ref: '#/components/schemas/GameDto' };
    expect(field(document, 'validateGame.request', 'data')).toEqual(reference);
    expect(field(document, 'validateGame.request', 'request')).toMatchObject({
      const: 'validateGame',
    });
    const verdict = { $ref: '#/components/schemas/VerdictDto' };
    expect(field(document, 'validateGame.reply', 'response')).toEqual(verdict);
    expect(document.components.schemas.VerdictDto).toMatchObject({ required: ['valid'] });
    expect(document.components.messages['validateGame.request']?.examples).toEqual([
      { payload: { request: 'validateGame', id: 1, data: { pgn: '1. e4 e5' } } },
    ]);
  });

  it('has streams, of Observables and generators, with what each value is', async () => {
    const document = await documentOf();
    const kinds = ['credit', 'item', 'done', 'reply'];
    const replies = [...kinds.map((kind) => `countTo.${kind}`), 'error'];
    expect(keys(document.operations['receive.countTo']?.reply?.messages)).toEqual(replies);
    expect(field(document, 'countTo.item', 'item')).toEqual({ type: 'number' });
    expect(field(document, 'watchGames.request', 'stream')).toMatchObject({ const: true });
  });

  it('has the schema that a pipe holds, and single properties of the data', async () => {
    const document = await documentOf();
    expect(field(document, 'watchGames.request', 'data')).toMatchObject({
      properties: { eco: { type: 'string', pattern: '^[A-E]\\d\\d$' } },
    });
    expect(field(document, 'move.request', 'data')).toEqual({
      type: 'object',
      properties: { san: { type: 'string' } },
    });
  });

  it('has no data where a handler takes none, and any where nobody knows', async () => {
    const document = await documentOf();
    expect(field(document, 'version.request', 'data')).toBeUndefined();
    expect(field(document, 'anything.request', 'data')).toEqual({});
    expect(document.components.messages['anything.request']?.payload.required).toEqual(['request']);
  });

  it('has the data of gateways, whose client comes first', async () => {
    const reference = { $ref: '#/components/schemas/MoveDto' };
    const document = await documentOf();
    expect(field(document, 'native.event.request', 'data')).toEqual(reference);
    expect(field(document, 'native.event.reply', 'response')).toEqual(reference);
  });

  it('has pushes with their data, and what a client answers', async () => {
    const document = await documentOf();
    expect(document.operations['send.moved']).toMatchObject({
      action: 'send',
      'x-deprecated': true,
    });
    expect(field(document, 'moved.push', 'data')).toEqual({ $ref: '#/components/schemas/MoveDto' });
    expect(keys(document.operations['send.status']?.reply?.messages)).toEqual([
      'status.answer',
      'error',
    ]);
    expect(field(document, 'status.push', 'id')).toBeDefined();
  });

  it('has pushes of the configuration, which count before those of decorators', async () => {
    const pushes = { moved: { payload: String }, scanGames: { payload: [String] as const } };
    const document = await documentOf({ pushField: 'response' }, { pushes });
    expect(field(document, 'moved.push', 'response')).toEqual({ type: 'string' });
    expect(field(document, 'scanGames.push', 'response')).toEqual({
      type: 'array',
      items: { type: 'string' },
    });
  });

  it('has what the ready-made auth handler takes, and who may speak before it', async () => {
    const document = await documentOf();
    expect(field(document, 'auth.request', 'data')).toMatchObject({ required: ['authKey'] });
    expect(keys(document.operations['receive.auth']?.reply?.messages)).toEqual(['auth.reply']);
    expect(document.operations['receive.version']).toMatchObject({ 'x-skip-auth': true });
    expect(document.operations['receive.move']).not.toHaveProperty('x-skip-auth');
  });

  it('has the codes of errors: the framework’s, statuses, those of one handler and of all', async () => {
    const { components } = await documentOf({}, { errors: [{ code: 'TENANT_GONE' }] });
    const text = JSON.stringify(components.schemas.ErrorCode);
    for (const code of ['VALIDATION_FAILED', 'UNKNOWN_HANDLER', 'CONFLICT', 'TENANT_GONE']) {
      expect(text).toContain(`"${code}"`);
    }
    expect(text).not.toContain('"TOO_LONG"');
    expect(JSON.stringify(components.messages['validateGame.error'])).toContain('TOO_LONG');
  });
});

describe('Its security', () => {
  it.each<[string, SocketsOptions, string[]]>([
    ['both versions', {}, ['version1-authKey', 'version2-NNpsk0']],
    ['version 1 alone', { versions: [1] }, ['version1-authKey']],
    [
      'a server with a key pair',
      { versions: [2], serverKey: makeServerKeys().serverKey },
      ['version2-NNpsk0', 'version2-NKpsk0', 'version2-NK', 'version2-IK'],
    ],
    [
      'devices alone',
      { versions: [2], serverKey: makeServerKeys().serverKey, patterns: ['IK'] },
      ['version2-IK'],
    ],
    ['no encryption', { encryption: false }, ['auth']],
  ])('is that of %s', async (_title, options, expected) => {
    const { components, servers } = await documentOf(options);
    expect(Object.keys(components.securitySchemes)).toEqual(expected);
    const references = expected.map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
    expect(servers.local?.security).toEqual(references);
  });
});

describe('Its servers', () => {
  it('are this machine, where the server listens', async () => {
    const { app, port } = await startApp({ options: { port: 'http', path: '/sockets' } });
    const { servers, channels } = SocketsDocument.create(app);
    expect(servers.local).toMatchObject({ protocol: 'ws', host: `localhost:${port}` });
    expect(channels.sockets.address).toBe('/sockets');
  });

  it('are those that are given, by the addresses that clients use', async () => {
    const { servers } = await documentOf(
      { path: '/sockets' },
      {
        servers: {
          live: 'wss://example.com/sockets',
          proxied: { url: 'wss://example.com:444/eu/sockets', description: 'In Europe' },
          origin: 'ws://example.com',
        },
      },
    );
    expect(servers.live).toMatchObject({ protocol: 'wss', host: 'example.com' });
    expect(servers.live).not.toHaveProperty('pathname');
    expect(servers.proxied).toMatchObject({
      host: 'example.com:444',
      pathname: '/eu',
      description: 'In Europe',
    });
    expect(servers.origin).not.toHaveProperty('pathname');
  });

  it.each(['https://example.com', 'example.com', ''])('are never at %j', async (url) => {
    await expect(documentOf({}, { servers: { wrong: url } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('"wrong"'),
    });
  });
});

it('An application without a SocketsModule has no document', async () => {
  @Module({})
  class EmptyModule {}
  const app = await NestFactory.create(EmptyModule, { logger: false });
  expect(() => SocketsDocument.create(app)).toThrow(/SocketsModule\.forRoot\(\)/);
  await app.close();
});
