import type { Transport } from '../../client/core/transport.js';
import { CloseCode } from '../../protocol/close-code.js';

/** A transport that tells when this side breaks off because it does not believe the other. */
export class WatchedTransport implements Transport {
  constructor(
    private readonly inner: Transport,
    private readonly onRefused: () => void,
  ) {}

  get isOpen(): boolean {
    return this.inner.isOpen;
  }

  get bytesRead(): number {
    return this.inner.bytesRead;
  }

  pong(): void {
    this.inner.pong();
  }

  send(frame: Uint8Array, binary: boolean): void {
    this.inner.send(frame, binary);
  }

  close(code: number, reason?: string): void {
    if (code === CloseCode.BadFrame) this.onRefused();
    this.inner.close(code, reason);
  }

  terminate(reason: string): void {
    this.inner.terminate(reason);
  }
}
