import { isKeyId, type PatternName } from '../../envelope/hello.js';
import { isKeyText, KEY_EXPECTED } from '../../options/key-text.js';
import type { OptionReader } from '../../options/option-reader.js';
import { environment } from '../../options/environment.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import type { WireVersion } from '../../protocol/wire-version.js';
import type { Identity, IdentityFormat } from './identity.js';

const MAX_PADDING = 65_536;
const KEY_ID_EXPECTED = 'up to 64 letters, digits, "_", "." or "-"';

interface Wire {
  version: WireVersion;
  encryption: boolean;
  pattern: PatternName;
  serverPublicKey: string | undefined;
  identity: Identity | undefined;
  keyId: string | undefined;
  padding: number;
}

/** Which version a client speaks, and with which keys. */
export function readWire(
  read: OptionReader,
  { authKey }: { authKey?: string | undefined },
  identityFormat: IdentityFormat,
): Wire {
  const encryption = read.boolean('encryption', true, 'SOCKET_ENCRYPTION');
  const keys = {
    serverPublicKey: read.matching<string | undefined>(
      'serverPublicKey',
      undefined,
      isKeyText,
      KEY_EXPECTED,
      'SOCKET_SERVER_PUBLIC_KEY',
    ),
    identity: read.matching<Identity | undefined>(
      'identity',
      undefined,
      identityFormat.isValid,
      identityFormat.expected,
      'SOCKET_IDENTITY',
    ),
    keyId: read.matching<string | undefined>('keyId', undefined, isKeyId, KEY_ID_EXPECTED),
  };
  const needsVersion2 = Object.values(keys).some((key) => key !== undefined);
  // Without encryption there is nothing that version 2 could do.
  const usual: WireVersion = encryption || needsVersion2 ? 2 : 1;
  const wire = {
    ...keys,
    encryption,
    version: read.matching('version', usual, isVersion, '1 or 2'),
    padding: read.number('padding', 0, { min: 0, max: MAX_PADDING }),
  };
  assertWire(wire);
  const hasAuthKey = authKey !== undefined || Boolean(environment()['SOCKET_AUTH_KEY']);
  return { ...wire, pattern: patternOf(wire, hasAuthKey) };
}

/** PROTOCOL-V2.md, section 4. */
function patternOf(
  { serverPublicKey, identity }: Omit<Wire, 'pattern'>,
  hasAuthKey: boolean,
): PatternName {
  if (identity !== undefined) return 'IK';
  if (serverPublicKey === undefined) return 'NNpsk0';
  return hasAuthKey ? 'NKpsk0' : 'NK';
}

/** What does not go together would protect less than it says. */
function assertWire({
  version,
  encryption,
  serverPublicKey,
  identity,
}: Omit<Wire, 'pattern'>): void {
  const hasKeys = serverPublicKey !== undefined || identity !== undefined;
  if (version === 2 && !encryption) {
    throw invalid('"version: 2" and "encryption: false" exclude each other. Leave out one.');
  }
  if (version === 1 && hasKeys) {
    throw invalid('"serverPublicKey" and "identity" need version 2. Leave out "version: 1".');
  }
  if (identity !== undefined && serverPublicKey === undefined) {
    throw invalid('"identity" needs "serverPublicKey", too.');
  }
}

function invalid(message: string): SocketsError {
  return new SocketsError('INVALID_OPTION', `SocketClient: ${message}`);
}

function isVersion(value: unknown): boolean {
  return value === 1 || value === 2;
}
