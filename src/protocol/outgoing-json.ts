import { utf8 } from './utf8.js';
import { isTooDeep, mayNestDeeper } from './json-depth.js';
import { DEFAULT_LIMITS } from './limits.js';
import { hasForbiddenKey } from './safe-json.js';
import { SocketsError } from './sockets.errors.js';

// The message around what is sent is a level of its own.
const MAX_DEPTH = DEFAULT_LIMITS.maxJsonDepth - 1;

/**
 * The JSON of what is about to be sent, if it is something that a receiver takes: PROTOCOL.md R4.1 and
 * R4.3. It would close the connection otherwise, and everything on it would be lost.
 * @throws SocketsError `INVALID_MESSAGE`, with the `cause` if there is one
 */
export function toJson(request: string, payload: unknown): string | undefined {
  const json = stringify(request, payload);
  if (json === undefined) return undefined;
  if (hasForbiddenKey(json)) {
    throw invalid(request, 'has a key "__proto__" or "constructor.prototype"');
  }
  // Only what has many brackets and may be deep is scanned: the scan takes as long as stringifying.
  if (mayNestDeeper(payload, json, MAX_DEPTH) && isTooDeep(utf8.encode(json), MAX_DEPTH)) {
    throw invalid(request, `nests more than ${MAX_DEPTH} levels deep`);
  }
  return json;
}

/** Undefined, functions and symbols have no JSON. */
function stringify(request: string, payload: unknown): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch (cause) {
    throw invalid(request, 'is not JSON: it holds a cycle or a BigInt, or a part throws', cause);
  }
}

function invalid(request: string, why: string, cause?: unknown): SocketsError {
  const options = cause === undefined ? undefined : { cause };
  const message = `The data of "${request}" ${why}. Nothing was sent; send plain data.`;
  return new SocketsError('INVALID_MESSAGE', message, options);
}
