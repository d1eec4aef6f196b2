import type { ClientPlatform } from '../core/client-platform.js';
import { EventEmitter } from './event-emitter.js';
import { prepareWire } from './prepare-wire.js';
import { isKeyPair } from './web-crypto.js';
import { WebSocketTransport } from './web-socket.transport.js';

const NO_TLS = 'nothing, since browsers decide themselves whom they trust';

/** Where a client runs that is a page, or a worker of one. */
export const browserPlatform: ClientPlatform = {
  createEvents: () => new EventEmitter(),
  // oxlint-disable-next-line no-console
  warn: (message) => console.warn(message),
  decodeText,
  identity: {
    isValid: isKeyPair,
    expected: 'an X25519 key pair of WebCrypto, as deviceIdentity() returns it',
  },
  readTls: (read) => read.matching<undefined>('tls', undefined, () => false, NO_TLS),
  prepareWire,
  openTransport: (target, listener, signal) => WebSocketTransport.open(target, listener, signal),
  afterTurn,
  // Browsers say so only when they are certain.
  isOnline: () => navigator.onLine,
  onWake,
  afterReads: (action) => {
    const timer = setTimeout(action, 0);
    return () => clearTimeout(timer);
  },
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function onWake(action: () => void): () => void {
  const isShown = () => globalThis.document?.visibilityState !== 'hidden';
  const wake = () => isShown() && action();
  const sources = [
    [globalThis, 'online'],
    [globalThis, 'pageshow'],
    [globalThis.document, 'visibilitychange'],
    [globalThis.document, 'resume'],
  ] as const;
  for (const [source, event] of sources) source?.addEventListener(event, wake);
  return () => {
    for (const [source, event] of sources) source?.removeEventListener(event, wake);
  };
}

const actions: (() => void)[] = [];
let channel: MessageChannel | undefined;

/** A message to oneself is the next task, where a timer would wait for milliseconds. */
function afterTurn(action: () => void): void {
  channel ??= openChannel();
  actions.push(action);
  channel.port2.postMessage(undefined);
}

function openChannel(): MessageChannel {
  const opened = new MessageChannel();
  opened.port1.addEventListener('message', () => actions.shift()?.());
  opened.port1.start();
  return opened;
}
