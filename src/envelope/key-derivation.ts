/** How the global key comes from an `authKey`, with scrypt and its usual cost: PROTOCOL.md R3.1. */
export const GLOBAL_KEY = { salt: 'stonyx-sockets', length: 32 } as const;

/** How version 2 derives a shared key from the global key, with HKDF: PROTOCOL-V2.md, section 3. */
export const PRE_SHARED_KEY = { info: 'nestjs-sockets.v2 psk', length: 32 } as const;

/** The same for the name of that key. */
export const KEY_ID = { info: 'nestjs-sockets.v2 key id', length: 8 } as const;
