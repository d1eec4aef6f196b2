import { hash, timingSafeEqual } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
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
  private readonly expected: Buffer;

  constructor(@Inject(SOCKETS_OPTIONS) options: ResolvedSocketsOptions) {
    this.expected = digest(options.authKey);
  }

  server(data: unknown, client: { meta: Record<string, unknown> }): 'success' | undefined {
    const { authKey, role } = (data ?? {}) as Record<string, unknown>;
    if (typeof authKey !== 'string' || !timingSafeEqual(digest(authKey), this.expected)) {
      return undefined;
    }
    if (typeof role === 'string') client.meta = { role };
    return 'success';
  }
}

// Digests have one length, which timingSafeEqual needs and which hides the length of the key.
function digest(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
