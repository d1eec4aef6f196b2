import { toBase64url } from './base64url.js';
import { generateKeyPair, isKeyPair, publicBytesOf } from './web-crypto.js';

const DATABASE = 'nestjs-sockets';
const STORE = 'identities';

/** The key pair of a device, whose private half nobody can read: not the page, and no script in it. */
export interface DeviceIdentity {
  /** For the option `identity`. */
  readonly keyPair: CryptoKeyPair;
  /** 43 characters of base64url: what the server's `auth` handler sees as `client.session.publicKey`. */
  readonly publicKey: string;
}

/**
 * The identity of this browser for this origin: made at the first call, kept in IndexedDB, the same
 * from then on. Browsers only.
 * @param name Which one, for pages that have more than one
 * @throws DOMException where the browser keeps nothing, as in some private windows
 */
export async function deviceIdentity(name = 'default'): Promise<DeviceIdentity> {
  const database = await openDatabase();
  try {
    const kept = await read(database, name);
    const keyPair = kept ?? (await keep(database, name, await generateKeyPair()));
    return { keyPair, publicKey: toBase64url(await publicBytesOf(keyPair)) };
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return resultOf(request);
}

async function read(database: IDBDatabase, name: string): Promise<CryptoKeyPair | undefined> {
  const store = database.transaction(STORE).objectStore(STORE);
  const kept = await resultOf<unknown>(store.get(name));
  return isKeyPair(kept) ? kept : undefined;
}

/** Another tab may have been faster: then its key pair is the one. */
async function keep(
  database: IDBDatabase,
  name: string,
  keyPair: CryptoKeyPair,
): Promise<CryptoKeyPair> {
  const store = database.transaction(STORE, 'readwrite').objectStore(STORE);
  const other = await resultOf<unknown>(store.get(name));
  if (isKeyPair(other)) return other;
  await resultOf(store.put(keyPair, name));
  return keyPair;
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
