import { Inject, Injectable } from '@nestjs/common';
import { AnyKeyEnvelope } from '../../envelope/any-key.envelope.js';
import type { Envelope } from '../../envelope/envelope.js';
import {
  deriveGlobalKey,
  plainHandshake,
  SealedHandshake,
  type Handshake,
  type Session,
} from '../../envelope/handshake.js';
import { derivePreSharedKey } from '../../envelope/pre-shared-key.js';
import { HelloDesk } from './hello-desk.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';

/** The handshakes that the options ask for: their keys are derived once, when the application starts. */
@Injectable()
export class ServerHandshake {
  private handshakes: readonly Handshake[] = [plainHandshake];

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly desk: HelloDesk,
  ) {}

  async prepare(): Promise<void> {
    const { authKeys, encryption, limits } = this.options;
    if (!encryption) return;
    const globalKeys = await Promise.all(authKeys.map(deriveGlobalKey));
    const windows = { handshake: limits.authReplayWindow, session: limits.replayWindow };
    this.handshakes = globalKeys.map((key) => new SealedHandshake(key, windows));
    await this.desk.prepare(globalKeys.map(derivePreSharedKey));
  }

  /** Of version 1, until a peer has authenticated. */
  get envelope(): Envelope {
    const envelopes = this.handshakes.map(({ envelope }) => envelope);
    return envelopes.length === 1 ? envelopes[0]! : new AnyKeyEnvelope(envelopes);
  }

  startSession(): Session {
    return this.handshakes[0]!.startSession();
  }
}
