import { deviceIdentity, SocketClient, SocketsError } from 'nestjs-sockets/client';

interface Contract {
  handlers: { echo: { data: string; response: string } };
}

const asked = new URLSearchParams(location.search);
const client = new SocketClient<Contract>({
  address: asked.get('address')!,
  serverPublicKey: asked.get('key')!,
  authData: async () => ({ token: 'a token', device: (await deviceIdentity()).publicKey }),
  reconnect: false,
});

try {
  await client.connect();
  document.title = await client.request('echo', 'exchanged');
} catch (error) {
  document.title =
    error instanceof SocketsError ? `${error.code}: ${error.message}` : String(error);
}
