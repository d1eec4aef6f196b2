import { HttpStatus } from '@nestjs/common';
import type { Handling, ServerTelemetry } from '../../contract/telemetry.js';
import type { Handler } from '../../handlers/handler.router.js';
import { ErrorCode } from '../../protocol/error-body.js';
import type { WireMessage } from '../../protocol/message.js';

/** Who has asked, as far as telemetry has to know. */
interface Asker {
  readonly isAuthenticated: boolean;
}

/** Tells the option `telemetry` that a handler is about to be called. What strangers say caused it is ignored. */
export function handlingOf(
  telemetry: ServerTelemetry,
  { isAuthenticated }: Asker,
  { name }: Handler,
  { id, trace }: WireMessage,
): Handling | undefined {
  return telemetry.handle(name, id !== undefined, isAuthenticated ? trace : undefined);
}

/** Has what a generator or an Observable does belong to the span of its handler, too. */
export function within(handling: Handling | undefined, action: () => void): void {
  if (handling?.run) handling.run(action);
  else action();
}

const KNOWN_CODES = new Set<string>([...Object.values(ErrorCode), ...Object.keys(HttpStatus)]);

/** What a handler chose itself may be anything, even something that a peer said. */
export function errorTypeOf(code: string): string {
  return KNOWN_CODES.has(code) ? code : '_OTHER';
}

/**
 * Calls a handler whose result is all that comes of it.
 * @param codeOf What the peer is told of a failure
 */
export async function handled<T>(
  handling: Handling | undefined,
  call: () => Promise<T>,
  codeOf: (error: unknown) => string,
): Promise<T> {
  if (!handling) return call();
  try {
    return await (handling.run?.(call) ?? call());
  } catch (error) {
    handling.fail(errorTypeOf(codeOf(error)));
    throw error;
  } finally {
    handling.done();
    handling.end();
  }
}
