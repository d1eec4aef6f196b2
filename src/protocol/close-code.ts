/** Why a connection was closed: PROTOCOL.md, section 7. The 44xx codes mirror HTTP. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  NoStatus: 1005,
  TooBig: 1009,
  BadFrame: 4400,
  Unauthorized: 4401,
  Forbidden: 4403,
  AuthTimeout: 4408,
  TooMany: 4429,
  TooSlow: 4503,
} as const;
