import type { SharedKey } from './shared-key.js';

/**
 * Keys and devices that the application knows: PROTOCOL-V2.md, section 3. Give the class as the option
 * `keyStore`; its dependencies are injected. It is asked before a WebSocket exists, once for each
 * connection of version 2. What it throws is logged and refuses with HTTP 503.
 */
export interface KeyStore {
  /**
   * The shared key of an id that is none of the option `authKey`: what `deriveSharedKey()` made of it.
   * `undefined` refuses the client with HTTP 401, as a wrong key does.
   */
  findKey?(keyId: string): SharedKey | undefined | Promise<SharedKey | undefined>;
  /**
   * Whether a device (pattern IK) may connect; without this method all may, and the `auth` handler
   * decides by `client.session.publicKey`.
   * @param publicKey base64url
   */
  knowsDevice?(publicKey: string): boolean | Promise<boolean>;
}
