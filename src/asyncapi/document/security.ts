import type { PatternName } from '../../envelope/hello.js';
import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { SecurityScheme } from '../types/async-api.types.js';

type Schemes = Readonly<Record<string, SecurityScheme>>;

const AUTH = 'The first message is `auth`, whose handler decides.';

/** Anything else is never taken. */
const IN_THE_CLEAR: Schemes = {
  auth: {
    type: 'userPassword',
    description: `Messages are not encrypted: use wss. ${AUTH}`,
  },
};

const VERSION_1: Schemes = {
  'version1-authKey': {
    type: 'symmetricEncryption',
    description: `Version 1 of the wire: every WebSocket message is sealed with AES-256-GCM, under a key from the shared \`authKey\` (scrypt) up to the reply to \`auth\`, and under a key of the session from then on. ${AUTH}`,
  },
};

const VERSION_2: Readonly<Record<`version2-${PatternName}`, SecurityScheme>> = {
  'version2-NNpsk0': {
    type: 'symmetricEncryption',
    description: `Version 2 of the wire, Noise_NNpsk0_25519_AESGCM_SHA256: both sides hold the \`authKey\`. ${AUTH}`,
  },
  'version2-NKpsk0': {
    type: 'symmetricEncryption',
    description: `Version 2 of the wire, Noise_NKpsk0_25519_AESGCM_SHA256: both sides hold the \`authKey\`, and the client knows the server's public key. ${AUTH}`,
  },
  'version2-NK': {
    type: 'asymmetricEncryption',
    description: `Version 2 of the wire, Noise_NK_25519_AESGCM_SHA256: the client knows the server's public key, and shows who it is in \`auth\`, for example with a token. ${AUTH}`,
  },
  'version2-IK': {
    type: 'asymmetricEncryption',
    description: `Version 2 of the wire, Noise_IK_25519_AESGCM_SHA256: the client knows the server's public key, and has a key pair that tells which device it is. ${AUTH}`,
  },
};

/** How a client can prove itself, by the options in force. */
export function securitySchemes(options: ResolvedSocketsOptions): Schemes {
  const { encryption, versions } = options;
  if (!encryption) return IN_THE_CLEAR;
  return {
    ...(versions.includes(1) && VERSION_1),
    ...(versions.includes(2) && schemesOfVersion2(options)),
  };
}

function schemesOfVersion2({ patterns, serverKey }: ResolvedSocketsOptions): Schemes {
  const usable = patterns.filter((name) => name === 'NNpsk0' || serverKey !== undefined);
  const names = usable.map((name) => `version2-${name}` as const);
  return Object.fromEntries(names.map((name) => [name, VERSION_2[name]]));
}
