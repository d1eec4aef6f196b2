import { randomBytes } from 'node:crypto';
import { deriveGlobalKey } from '../../envelope/handshake.js';
import { hkdf } from '../../envelope/hkdf.js';
import { OWN_CLUSTER_KEY } from '../../envelope/key-derivation.js';
import type { ResolvedSocketsOptions } from '../../options/sockets.options.js';

/** What nodes seal under: the first seals, any opens. A process of its own has nobody to share it with. */
export async function clusterSecrets(options: ResolvedSocketsOptions): Promise<readonly Buffer[]> {
  const { engine, clusterKeys, authKeys } = options;
  const { salt, length } = OWN_CLUSTER_KEY;
  if (!engine.isShared) return [randomBytes(length)];
  if (clusterKeys.length === 0) return Promise.all(authKeys.map(deriveGlobalKey));
  return clusterKeys.map((key) => hkdf(Buffer.from(key), Buffer.from(salt), '', length));
}
