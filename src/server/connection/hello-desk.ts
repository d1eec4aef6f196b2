import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { BadEnvelopeError } from '../../envelope/bad-envelope.error.js';
import { decodeHello, isHello } from '../../envelope/hello-text.js';
import { takesSharedKey, type Hello } from '../../envelope/hello.js';
import { answerHello, type AgreedSession } from '../../envelope/noise-handshake.js';
import type { ServerSettings } from '../../envelope/server-settings.js';
import { generateKeyPair, type KeyPair } from '../../envelope/x25519.js';
import type { PreSharedKey } from '../../envelope/pre-shared-key.js';
import type { RecordEnvelope } from '../../envelope/record.envelope.js';
import type { KeyStore } from '../../options/key-store.js';
import type { SocketSession } from './connected-client.js';
import { keyPairOf } from '../../options/key-pair.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';

/** How a peer of version 2 connected. */
export interface HelloSession {
  readonly session: SocketSession;
  readonly envelope: RecordEnvelope;
  /** The first WebSocket message to the peer. */
  readonly reply: Buffer;
}

/**
 * Answers the hellos of version 2 (PROTOCOL-V2.md, section 4). Where it has no key it goes on under a
 * random one, so that whatever is wrong takes the same time and ends in the same refusal.
 */
@Injectable()
export class HelloDesk {
  private readonly keys = new Map<string, Buffer>();
  private identity: KeyPair = generateKeyPair();
  private readonly decoy = randomBytes(32);
  private store: KeyStore | undefined;
  private settings: ServerSettings | undefined;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly moduleRef: ModuleRef,
  ) {}

  async prepare(keys: readonly PreSharedKey[]): Promise<void> {
    const { serverKey, keyStore } = this.options;
    for (const { id, psk } of keys) this.keys.set(id, psk);
    if (serverKey !== undefined) this.identity = keyPairOf(serverKey);
    if (keyStore) this.store = await this.findStore(keyStore);
  }

  /**
   * @returns undefined for whom nothing is to be told but HTTP 401
   * @throws what the application's key store throws
   */
  async answer(subprotocols: readonly string[]): Promise<HelloSession | undefined> {
    const hello = readHello(subprotocols);
    if (!hello) return undefined;
    const psk = takesSharedKey(hello.pattern) ? await this.findKey(hello.keyId) : undefined;
    const agreed = this.agree(hello, psk);
    // Only now, so that what is refused takes the same time as anything else.
    if (!agreed || !this.options.patterns.includes(hello.pattern)) return undefined;
    const publicKey =
      hello.pattern === 'IK' ? agreed.remoteStatic?.toString('base64url') : undefined;
    const isKnown =
      publicKey === undefined || (await this.store?.knowsDevice?.(publicKey)) !== false;
    if (!isKnown) return undefined;
    const { envelope, reply } = agreed;
    return { session: { version: 2, keyId: hello.keyId, publicKey }, envelope, reply };
  }

  private agree(
    hello: Hello<Buffer>,
    psk: Buffer | undefined,
  ): (AgreedSession & { reply: Buffer }) | undefined {
    const keys = { psk, identity: this.identity };
    try {
      return answerHello(
        hello,
        keys,
        (this.settings ??= this.readSettings()),
        this.options.padding,
      );
    } catch (error) {
      if (error instanceof BadEnvelopeError) return undefined;
      throw error;
    }
  }

  private async findKey(keyId: string): Promise<Buffer> {
    const own = this.keys.get(keyId);
    if (own) return own;
    const found = await this.store?.findKey?.(keyId);
    return found?.psk ?? this.decoy;
  }

  private async findStore(
    keyStore: NonNullable<ResolvedSocketsOptions['keyStore']>,
  ): Promise<KeyStore> {
    try {
      return this.moduleRef.get(keyStore, { strict: false });
    } catch {
      return this.moduleRef.create(keyStore);
    }
  }

  private readSettings(): ServerSettings {
    const { limits, heartBeatInterval } = this.options;
    return {
      maxMessageSize: Math.min(limits.maxMessageSize, Number.MAX_SAFE_INTEGER),
      heartBeatInterval: heartBeatInterval === Infinity ? null : heartBeatInterval,
    };
  }
}

function readHello(subprotocols: readonly string[]): Hello<Buffer> | undefined {
  const hellos = subprotocols.filter(isHello);
  if (hellos.length !== 1) return undefined;
  try {
    return decodeHello(hellos[0]!);
  } catch {
    return undefined;
  }
}
