/** A version of the wire: PROTOCOL.md, or PROTOCOL-V2.md. */
export type WireVersion = 1 | 2;
