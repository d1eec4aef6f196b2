import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv, type ErrorObject } from 'ajv';
import { SocketsDocument, type AsyncApiDocument } from '../../../src/asyncapi/index.js';
import type { SocketsTestApp } from '../../../src/testing/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { connectRaw, useApps } from '../../fixtures/apps.js';
import type { RawClient } from '../../helpers/raw-client.js';
import { DOCUMENTED } from './documented-app.js';

const startApp = useApps();
let app: SocketsTestApp;
let document: AsyncApiDocument;
let client: RawClient;

/** What a message of the document has against what really travelled. */
function complaints(key: string, message: object): ErrorObject[] {
  const { messages, schemas } = document.components;
  const schema = { allOf: [messages[key]!.payload], components: { schemas } };
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.validate(schema, message);
  return ajv.errors ?? [];
}

function send(
  key: string,
  message: { request: string; id?: number; data?: unknown; stream?: true },
) {
  expect(complaints(key, message)).toEqual([]);
  client.sendMessage(message);
}

async function receive(key: string, request = key.replace(/\.\w+$/, '')): Promise<void> {
  const message = await client.nextMatching((one) => one.request === request, key);
  expect(complaints(key, message)).toEqual([]);
}

beforeEach(async () => {
  app = await startApp(DOCUMENTED);
  document = SocketsDocument.create(app.app);
  client = await connectRaw(app);
  send('auth.request', { request: 'auth', id: 0, data: { authKey: AUTH_KEY } });
  await receive('auth.reply');
});

afterEach(() => client.close());

describe('What really travels is as the document says:', () => {
  it('a request and its reply', async () => {
    send('validateGame.request', { request: 'validateGame', id: 1, data: { pgn: '1. e4' } });
    await receive('validateGame.reply');
  });

  it('an error reply, of a handler’s own and of the framework', async () => {
    client.sendMessage({ request: 'validateGame', id: 1, data: { pgn: 7 } });
    await receive('validateGame.error');
    client.sendMessage({ request: 'nobody', id: 2 });
    await receive('error', 'nobody');
  });

  it('a stream, from its first value to its end', async () => {
    send('countTo.request', { request: 'countTo', id: 1, data: 2, stream: true });
    await receive('countTo.item');
    await receive('countTo.item');
    await receive('countTo.done');
    send('countTo.request', { request: 'countTo', id: 2, data: 2 });
    await receive('countTo.reply');
  });

  it('requests without data, of single properties, and to a gateway', async () => {
    send('version.request', { request: 'version', id: 1 });
    await receive('version.reply');
    send('move.request', { request: 'move', id: 2, data: { san: 'e4' } });
    await receive('move.reply');
    send('native.event.request', { request: 'native.event', id: 3, data: { san: 'e4' } });
    await receive('native.event.reply');
  });

  it('a push', async () => {
    app.server.broadcast('moved', { san: 'e4' });
    await receive('moved.push');
    app.server.broadcast('announcement', { msg: 'hi' });
    await receive('announcement.push');
  });

  it('an ask and its answer', async () => {
    const answer = [...app.server.clientMap.values()][0]!.request('status', true);
    const ask = await client.nextMatching(({ request }) => request === 'status');
    expect(complaints('status.push', ask)).toEqual([]);
    const message = { request: 'status', id: ask.id, response: { valid: true } };
    expect(complaints('status.answer', message)).toEqual([]);
    client.sendMessage(message);
    expect(await answer).toEqual({ valid: true });
  });

  it('heartBeat and reauth', async () => {
    send('heartBeat.request', { request: 'heartBeat' });
    await receive('heartBeat.reply');
    send('reauth.request', { request: 'reauth', id: 9, data: { authKey: AUTH_KEY } });
    await receive('reauth.reply');
  });
});

describe('What should not travel is not as the document says:', () => {
  it.each([
    ['data of a wrong type', { request: 'validateGame', data: { pgn: 7 } }],
    ['data that is missing', { request: 'validateGame', id: 1 }],
    ['another request', { request: 'validate', data: { pgn: '1. e4' } }],
    ['an id that is none', { request: 'validateGame', id: {}, data: { pgn: '1. e4' } }],
  ])('%s', (_title, message) => {
    expect(complaints('validateGame.request', message)).not.toEqual([]);
  });
});
