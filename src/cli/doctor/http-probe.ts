import { randomBytes } from 'node:crypto';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { SUBPROTOCOL } from '../../envelope/hello.js';
import type { Target } from './network.steps.js';

/** What an HTTP server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly subprotocol: string | undefined;
  /** The beginning of it. */
  readonly body: string;
  readonly date: string | undefined;
  readonly location: string | undefined;
}

const MAX_BODY = 200;

/** A request as a browser makes it for a page. */
export function askPlainly(target: Target): Promise<HttpAnswer> {
  return ask(target, {});
}

/** Asks for a WebSocket, and leaves. @param hello The subprotocol of version 2; none for version 1 */
export function askForUpgrade(target: Target, hello?: string): Promise<HttpAnswer> {
  return ask(target, {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...(hello !== undefined && { 'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, ${hello}` }),
  });
}

function ask(target: Target, headers: Record<string, string>): Promise<HttpAnswer> {
  const { url, isTls, tls, timeout } = target;
  const address = new URL(url.href.replace(/^ws/, 'http'));
  const signal = AbortSignal.timeout(timeout);
  const options = { ...(tls as ConnectionOptions | undefined), headers, signal, agent: false };
  const request = (isTls ? requestHttps : requestHttp)(address, options);
  return new Promise<HttpAnswer>((resolve, reject) => {
    request.on('error', reject);
    request.on('upgrade', (response, socket) => {
      socket.on('error', () => undefined).destroy();
      resolve(answerOf(response, ''));
    });
    request.on('response', (response) => readBody(response, resolve));
    request.end();
  });
}

/** What of the body is worth showing; a server may send it without end. */
function readBody(response: IncomingMessage, done: (answer: HttpAnswer) => void): void {
  let body = '';
  const finish = () => {
    response.destroy();
    done(answerOf(response, body.slice(0, MAX_BODY)));
  };
  response.setEncoding('utf8').on('data', (text: string) => {
    body += text;
    if (body.length >= MAX_BODY) finish();
  });
  response.on('end', finish).on('error', finish);
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: string): HttpAnswer {
  const { date, location } = headers;
  return {
    status: statusCode,
    subprotocol: headers['sec-websocket-protocol'],
    body,
    date,
    location,
  };
}
