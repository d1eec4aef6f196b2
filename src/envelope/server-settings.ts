import { parseSafely } from '../protocol/safe-json.js';
import { BadEnvelopeError } from './bad-envelope.error.js';

/** What a server tells each client of version 2, sealed, before anything else. */
export interface ServerSettings {
  readonly maxMessageSize: number;
  /** Milliseconds; null for never. */
  readonly heartBeatInterval: number | null;
}

/** @throws BadEnvelopeError */
export function readSettings(payload: string): ServerSettings {
  const value = parse(payload);
  if (typeof value !== 'object' || value === null) throw new BadEnvelopeError('no settings');
  const { maxMessageSize, heartBeatInterval } = value as Record<string, unknown>;
  if (!isPositive(maxMessageSize)) throw new BadEnvelopeError('no maxMessageSize');
  if (heartBeatInterval !== null && !isPositive(heartBeatInterval)) {
    throw new BadEnvelopeError('no heartBeatInterval');
  }
  return { maxMessageSize, heartBeatInterval };
}

function parse(text: string): unknown {
  try {
    return parseSafely(text);
  } catch (cause) {
    throw new BadEnvelopeError('settings that are no JSON', { cause });
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
