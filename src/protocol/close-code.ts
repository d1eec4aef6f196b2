/** Why a connection was closed: PROTOCOL.md, section 7. The 44xx codes mirror HTTP. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  NoStatus: 1005,
  PolicyViolation: 1008,
  TooBig: 1009,
  BadFrame: 4400,
  Unauthorized: 4401,
  Forbidden: 4403,
  AuthTimeout: 4408,
  TooMany: 4429,
  TooSlow: 4503,
} as const;

/** No close frame came at all. Nobody sends it (RFC 6455, 7.4.1). */
export const ABNORMAL_CLOSURE = 1006;

const MAX_REASON_BYTES = 123;

/** A close reason as long as a control frame allows (RFC 6455, 5.5). */
export function fitCloseReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_REASON_BYTES) return reason;
  return bytes
    .subarray(0, MAX_REASON_BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
