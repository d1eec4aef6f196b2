import { scryptSync } from 'node:crypto';

/** PROTOCOL.md R3.1. @param {string} authKey */
export function globalKeyOf(authKey) {
  return scryptSync(authKey, 'stonyx-sockets', 32);
}
