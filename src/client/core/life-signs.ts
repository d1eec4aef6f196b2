import { HEART_BEAT } from '../../protocol/message-name.js';
import type { HeartbeatConnection } from './client-heartbeat.js';
import type { ClientOutbox } from './client-outbox.js';

/** How a connection shows that it lives, and sees that the server does. */
export class LifeSigns implements HeartbeatConnection {
  constructor(private readonly outbox: ClientOutbox) {}

  get bytesRead(): number {
    return this.outbox.transport?.bytesRead ?? 0;
  }

  heartBeat(): boolean {
    return this.outbox.sendIfOpen(`{"request":"${HEART_BEAT}"}`);
  }

  pong(): void {
    if (this.outbox.transport?.isOpen) this.outbox.transport.pong();
  }

  /** No sign of life came. A connection that is about to end keeps the code that it ends with. */
  cut(): void {
    const { transport } = this.outbox;
    if (transport?.isOpen) transport.terminate('the heartbeat was not answered');
  }
}
