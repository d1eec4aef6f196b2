import { SetMetadata } from '@nestjs/common';
import { SKIP_AUTH } from './handler.constants.js';

/**
 * Opens a handler (class or method, a gateway's too) to clients that have not authenticated. The
 * `auth` handler needs it. Replies before authentication are sealed under the global key, which
 * everybody who holds the `authKey` can read: PROTOCOL.md R5.4.
 */
export const SkipAuth = (): ClassDecorator & MethodDecorator => SetMetadata(SKIP_AUTH, true);
