import { hash, timingSafeEqual } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../options/sockets.options.js';
import { SkipAuth } from './skip-auth.decorator.js';
import { SocketHandler } from './socket-handler.decorator.js';

/**
 * The ready-made `auth` handler: whoever holds the server's `authKey` is in, and becomes
 * `client.meta = { role }` when it names a `role`. List it in the providers of a module.
 *
 * A role is the peer's own claim. Where that matters, write an auth handler that knows who is who.
 */
@SkipAuth()
@SocketHandler('auth')
export class SharedKeyAuthHandler {
  private readonly expected: readonly Buffer[];

  constructor(@Inject(SOCKETS_OPTIONS) options: ResolvedSocketsOptions) {
    this.expected = options.authKeys.map(digest);
  }

  /** Truthy for whom it lets in; who extends it may answer anything else. */
  server(data: unknown, client: { meta: Record<string, unknown> }): unknown {
    const { authKey, role } = (data ?? {}) as Record<string, unknown>;
    if (typeof authKey !== 'string' || !this.isExpected(digest(authKey))) return undefined;
    if (typeof role === 'string') client.meta = { role };
    return 'success';
  }

  /** Looks at all of them, so that the time does not tell which it was. */
  private isExpected(given: Buffer): boolean {
    return this.expected.filter((key) => timingSafeEqual(given, key)).length > 0;
  }
}

// Digests have one length, which timingSafeEqual needs and which hides the length of the key.
function digest(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
