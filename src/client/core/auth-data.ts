import { authDataFailed } from './client.errors.js';
import { isSendableObject, type AuthData, type ResolvedClientOptions } from './client.options.js';
import { usesAuthKey } from './client-wire.js';

/**
 * What to show the `auth` handler this time.
 * @throws SocketsError `AUTH_DATA_FAILED`
 */
export async function authDataOf(options: ResolvedClientOptions): Promise<AuthData> {
  const { authKey, authData } = options;
  const data = typeof authData === 'function' ? await call(authData) : authData;
  return usesAuthKey(options) ? { ...data, authKey } : data;
}

async function call(authData: () => AuthData | Promise<AuthData>): Promise<AuthData> {
  let data: AuthData;
  try {
    data = await authData();
  } catch (cause) {
    throw authDataFailed(cause);
  }
  if (isSendableObject(data)) return data;
  throw authDataFailed('It returned no object that is JSON.');
}
