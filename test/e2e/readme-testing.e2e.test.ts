import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadmeSamples } from '../readme/readme-samples.js';

// The sample takes the key of its own choice, and a free port.
process.env['SOCKET_PORT'] = '0';
delete process.env['SOCKET_AUTH_KEY'];
const samples = await ReadmeSamples.extract();
afterAll(() => samples.remove());

// It is a file of tests itself: loading it declares them here, as `npm test` does in new applications, whose
// runners have these as globals.
Object.assign(globalThis, { describe, it, expect, beforeAll, afterAll });
await samples.load('app.sockets.spec.ts');
