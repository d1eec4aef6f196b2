import { startedWith, testImports } from './handler.templates.js';
import type { Project } from './project.js';

export const authCode = `import {
  SharedKeyAuthHandler,
  SkipAuth,
  SocketHandler,
  type ConnectedClient,
} from 'nestjs-sockets';

/** Decides who gets in: whatever is truthy lets a client in, anything else closes its connection. */
@SkipAuth()
@SocketHandler('auth')
export class AuthHandler extends SharedKeyAuthHandler {
  override server(data: unknown, client: ConnectedClient): unknown {
    // Whoever holds SOCKET_AUTH_KEY. Ask for more here, and note in client.meta who it is.
    return super.server(data, client);
  }
}
`;

export function authSpec(project: Project): string {
  return `${testImports(project)}import { Test } from '@nestjs/testing';
import { SocketsModule } from 'nestjs-sockets';
import { SocketsTestApp } from 'nestjs-sockets/testing';
import { AuthHandler } from './auth.handler${project.ending}';

describe('AuthHandler', () => {
  let sockets: SocketsTestApp;

  beforeAll(async () => {
${startedWith(project, 'AuthHandler')}
  });

  afterAll(() => sockets.close());

  it('lets in whoever has the key', async () => {
    await sockets.connect({ authData: { role: 'worker' } });
    const clients = [...sockets.server.clientMap.values()];
    expect(clients.map(({ meta }) => meta)).toEqual([{ role: 'worker' }]);
  });

  it('lets in nobody else', async () => {
    const stranger = sockets.client({ authKey: 'a-key-of-a-stranger' });
    await expect(stranger.connect()).rejects.toThrow();
  });
});
`;
}
