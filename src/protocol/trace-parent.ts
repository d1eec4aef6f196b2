/** The parts of a W3C traceparent. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Bit 0: whether the trace is recorded. */
  readonly flags: number;
}

const MAX_LENGTH = 64;
const PATTERN =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-[\w-]*)?$/;

/**
 * Reads the `trace` of a message: PROTOCOL.md R4.10.
 * @returns undefined for whatever is malformed, which is the same as none
 */
export function readTraceParent(trace: unknown): TraceParent | undefined {
  if (typeof trace !== 'string' || trace.length > MAX_LENGTH) return undefined;
  const [, version, traceId, spanId, flags, more] = PATTERN.exec(trace) ?? [];
  // Only versions to come may have something behind the flags.
  if (version === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId: traceId!, spanId: spanId!, flags: Number.parseInt(flags!, 16) };
}

export function formatTraceParent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
