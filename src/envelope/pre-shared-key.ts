import { hkdf } from './hkdf.js';
import { KEY_ID, PRE_SHARED_KEY } from './key-derivation.js';

const NO_SALT = Buffer.alloc(0);

/** A shared key as version 2 uses it: PROTOCOL-V2.md, section 3. */
export interface PreSharedKey {
  /** Sent in the clear, so that the server knows which of its keys is meant. */
  readonly id: string;
  /** 32 bytes. */
  readonly psk: Buffer;
}

/** @param globalKey What version 1 derives from the `authKey`, with scrypt */
export function derivePreSharedKey(globalKey: Buffer): PreSharedKey {
  return {
    id: hkdf(globalKey, NO_SALT, KEY_ID.info, KEY_ID.length).toString('base64url'),
    psk: hkdf(globalKey, NO_SALT, PRE_SHARED_KEY.info, PRE_SHARED_KEY.length),
  };
}
