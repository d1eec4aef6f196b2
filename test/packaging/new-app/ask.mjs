// node --env-file=.env ask.mjs PORT
import assert from 'node:assert/strict';
import { SocketClient } from 'nestjs-sockets/client';

const client = new SocketClient({ address: `ws://127.0.0.1:${process.argv[2]}`, reconnect: false });
await client.connect();
for (const name of ['ping', 'validateGame', 'status']) {
  assert.deepEqual(await client.request(name, { text: '1. e4' }), { received: '1. e4' });
  assert.deepEqual(await client.request(name), { received: null });
}
client.close();
console.log('asked every handler that was generated');
