/** How the global key comes from an `authKey`, with scrypt and its usual cost: PROTOCOL.md R3.1. */
export const GLOBAL_KEY = { salt: 'stonyx-sockets', length: 32 } as const;

/** How version 2 derives a shared key from the global key, with HKDF: PROTOCOL-V2.md, section 3. */
export const PRE_SHARED_KEY = { info: 'nestjs-sockets.v2 psk', length: 32 } as const;

/** The same for the name of that key. */
export const KEY_ID = { info: 'nestjs-sockets.v2 key id', length: 8 } as const;

/** How each boot of a node seals what it sends to the others, with HKDF and the boot's id as salt. */
export const CLUSTER_KEY = { info: 'nestjs-sockets cluster frame', length: 32 } as const;

/** The same for a `clusterKey` of its own, instead of the global key. */
export const OWN_CLUSTER_KEY = { salt: 'nestjs-sockets cluster', length: 32 } as const;
