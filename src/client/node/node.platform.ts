import { EventEmitter } from 'node:events';
import { isKeyText, KEY_EXPECTED } from '../../options/key-text.js';
import { decodeText } from '../../protocol/text-encoding.js';
import type { ClientPlatform } from '../core/client-platform.js';
import { readTls } from './read-tls.js';
import { prepareWire } from './prepare-wire.js';
import { WebSocketTransport } from './web-socket.transport.js';

/** Where a client runs that is a process of Node. */
export const nodePlatform: ClientPlatform = {
  createEvents: () => new EventEmitter(),
  warn: (message) => process.emitWarning(message, 'SocketsWarning'),
  decodeText,
  identity: { isValid: isKeyText, expected: KEY_EXPECTED },
  readTls,
  prepareWire,
  openTransport: (target, listener, signal) => WebSocketTransport.open(target, listener, signal),
  // The next tick comes when no microtask is left, however many it takes them to go on.
  afterTurn: (action) => process.nextTick(action),
  isOnline: () => true,
  onWake: () => () => undefined,
  afterReads: (action) => {
    const immediate = setImmediate(action);
    return () => clearImmediate(immediate);
  },
};
