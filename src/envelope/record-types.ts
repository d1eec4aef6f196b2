/** What a record of version 2 begins with: one of the session, or one that many receivers share. */
export const SESSION_RECORD = 0;
export const SHARED_RECORD = 1;

/** `type | epoch | number`: what stands before the ciphertext of a shared record. */
export const SHARED_HEAD_LENGTH = 1 + 4 + 6;

/** How many records a key seals. */
export const REKEY_AFTER = 1_024;

/**
 * Where the numbers of records end. Noise allows 2^64 - 2; numbers of JavaScript are exact up to 2^53, and 2^48
 * fits a shared broadcast.
 */
export const MAX_COUNT = 2 ** 48;
