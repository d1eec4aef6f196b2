import { Inject, UsePipes, ValidationPipe } from '@nestjs/common';
import { SocketOperation } from '../../src/asyncapi/index.js';
import { SharedKeyAuthHandler, SkipAuth, SocketHandler } from '../../src/index.js';
import type { ConnectedClient } from '../../src/index.js';
import { ADMITTED } from '../messages.schemas.js';
import { WatcherPasses } from '../web/watcher-passes.service.js';
import { AuthDto } from './auth.dto.js';

/** Lets in whoever holds the key, and pages with a token to watch; and remembers who it is. */
@SkipAuth()
@SocketOperation({ summary: 'Who the peer is, and why it may come in', response: ADMITTED })
@SocketHandler('auth')
export class AuthHandler extends SharedKeyAuthHandler {
  @Inject(WatcherPasses) private readonly passes!: WatcherPasses;

  @UsePipes(ValidationPipe)
  override server(data: AuthDto, client: ConnectedClient) {
    if (data.role === 'watcher') return this.admitWatcher(data, client);
    const answer = super.server(data, client);
    if (answer) client.meta = metaOf(data, client);
    return answer;
  }

  /** A token expires, and the page shows another one before. */
  private admitWatcher(data: AuthDto, client: ConnectedClient) {
    const expires = this.passes.expiryOf(data.token);
    if (expires === undefined) return undefined;
    client.meta = metaOf(data, client);
    return { expires };
  }
}

function metaOf({ role, name }: AuthDto, { session }: ConnectedClient): ConnectedClient['meta'] {
  return { role, name, version: session.version };
}
