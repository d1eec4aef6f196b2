import { LEASE } from '../engine/engine.js';

/** Milliseconds that things may take. */
export interface RedisTiming {
  /** Every command, and making a connection. */
  readonly deadline: number;
  /** Connecting when the application starts, with all attempts. */
  readonly start: number;
  /** How long a lease holds without a beat. */
  readonly lease: number;
}

export const DEFAULT_TIMING: RedisTiming = { deadline: 5_000, start: 10_000, lease: LEASE };
