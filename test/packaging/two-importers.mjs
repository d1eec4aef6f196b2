// Bundled, and run: a bundle in which one file imports the client and another requires it has it once.
import assert from 'node:assert/strict';
import { SocketClient } from 'nestjs-sockets/client';
import required from './one-requirer.cjs';

assert.equal(required, SocketClient);
console.log('bundled one copy of the client');
