import { UsePipes, ValidationPipe } from '@nestjs/common';
import { SharedKeyAuthHandler, SkipAuth, SocketHandler } from '../../src/index.js';
import type { ConnectedClient } from '../../src/index.js';
import { AuthDto } from './auth.dto.js';

/** Lets in whoever holds the key, and remembers who it is. */
@SkipAuth()
@SocketHandler('auth')
export class AuthHandler extends SharedKeyAuthHandler {
  @UsePipes(ValidationPipe)
  override server(data: AuthDto, client: ConnectedClient) {
    const answer = super.server(data, client);
    if (answer) client.meta = { role: data.role, name: data.name };
    return answer;
  }
}
