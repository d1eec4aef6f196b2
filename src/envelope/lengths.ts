/** Bytes of an X25519 key, public or private. */
export const X25519_KEY_LENGTH = 32;

/** Bytes of a key of AES-256-GCM. */
export const SYMMETRIC_KEY_LENGTH = 32;

/** Bytes of what proves that a ciphertext is genuine. */
export const TAG_LENGTH = 16;
