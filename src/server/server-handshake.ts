import { Inject, Injectable } from '@nestjs/common';
import type { Envelope } from '../envelope/envelope.js';
import {
  deriveGlobalKey,
  plainHandshake,
  SealedHandshake,
  type Handshake,
  type Session,
} from '../envelope/handshake.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';

/** The handshake that the options ask for: its key is derived once, when the application starts. */
@Injectable()
export class ServerHandshake {
  private handshake: Handshake = plainHandshake;

  constructor(@Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions) {}

  async prepare(): Promise<void> {
    const { authKey, encryption, limits } = this.options;
    if (!encryption) return;
    this.handshake = new SealedHandshake(await deriveGlobalKey(authKey), {
      handshake: limits.authReplayWindow,
      session: limits.replayWindow,
    });
  }

  get envelope(): Envelope {
    return this.handshake.envelope;
  }

  startSession(): Session {
    return this.handshake.startSession();
  }
}
