/** What a client asks a handler for. */
export interface OutgoingRequest {
  readonly request: string;
  readonly data: unknown;
  /** What caused it: PROTOCOL.md R4.10. A server that echoes no ids never gets it. */
  readonly trace: string | undefined;
}
