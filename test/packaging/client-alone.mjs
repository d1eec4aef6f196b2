// Run where the package is installed without Nest: the client must not need it.
import assert from 'node:assert/strict';
import { SocketClient } from 'nestjs-sockets/client';

await assert.rejects(import('@nestjs/common'), { code: 'ERR_MODULE_NOT_FOUND' });
const client = new SocketClient({ authKey: 'a-shared-key-of-some-length', reconnect: false });
client.close();
console.log('loaded the client without Nest');
