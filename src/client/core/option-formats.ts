import type { OptionReader } from '../../options/option-reader.js';
import type { IdentityFormat } from './identity.js';
import type { TlsOptions } from './tls-options.js';

/** The options that are not the same in Node and in browsers. */
export interface OptionFormats {
  readonly identity: IdentityFormat;
  /** @throws SocketsError `INVALID_OPTION` */
  readTls(read: OptionReader, address: string): TlsOptions | undefined;
}
