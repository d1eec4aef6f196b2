import { AUTH } from '../../protocol/message-name.js';
import { messageOf } from '../../logging/message-of.js';
import { ABNORMAL_CLOSURE } from '../../protocol/close-code.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import { cannotConnect, connectionLost } from '../core/client.errors.js';

/** WebCrypto is there in secure contexts only. */
export function insecureContext(): SocketsError {
  return cannotConnect(
    'This page has no WebCrypto, so nothing can be sealed: browsers have it for pages of https and of localhost only. Serve the page over https.',
  );
}

/** Browsers of before 2025 have no X25519. */
export function noX25519(cause: unknown): SocketsError {
  return cannotConnect(
    'This browser knows no X25519, with which keys are agreed on: Chrome has it since version 133, Firefox since 130, Safari since 17.',
    cause,
  );
}

/** A page has no secret that would be worth what version 1 does with it. */
export function noVersion1(): SocketsError {
  return cannotConnect(
    'Browsers speak version 2 of the wire, and no encryption. Leave out "version: 1", and let the server speak version 2.',
  );
}

/** The browser did not even try, as for ws:// from a page of https. */
export function noWebSocket(cause: unknown): SocketsError {
  return cannotConnect(
    `The browser opens no WebSocket to "address" (${messageOf(cause)}). A page of https needs wss://.`,
    cause,
  );
}

/**
 * Why no WebSocket came to be. Browsers do not tell pages, so as not to tell them what else there is in
 * their network; but they tell whether anybody answers in HTTP.
 */
export async function unopened(address: string, reason: string): Promise<SocketsError> {
  const isThere = await answersHttp(address);
  if (!isThere) return connectionLost(AUTH, { code: ABNORMAL_CLOSURE, reason });
  return cannotConnect(
    'The server at "address" is there, but refused the WebSocket, and browsers do not say why. See that "serverPublicKey", "identity" and "authKey" fit the server\'s; that it is a nestjs-sockets server that speaks version 2; and in the network panel of the browser with which HTTP status it answered (401: the keys; 403: the server\'s "allowedOrigins"; 426: the version; 429 or 503: too many connections).',
  );
}

async function answersHttp(address: string): Promise<boolean> {
  try {
    await fetch(address.replace(/^ws/, 'http'), {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
    });
    return true;
  } catch {
    return false;
  }
}
