import { randomBytes } from 'node:crypto';

/** Milliseconds that a room's epoch and offset stay known beyond its entries, or its last reader. */
export const HEAD_LIFETIME = 24 * 3_600_000;

const EPOCH_LENGTH = 8;

/** 16 random hex characters: no two beginnings of a room have the same. */
export function newEpoch(): string {
  return randomBytes(EPOCH_LENGTH).toString('hex');
}
