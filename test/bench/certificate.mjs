// For `wss` with a certificate that is signed by itself.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../fixtures/certificate.ts', import.meta.url), 'utf8');
const [cert, key] = [...source.matchAll(/`([^`]+)`/g)].map(([, pem]) => pem);

export const certificate = { cert, key };
