import { SocketsError } from './sockets.errors.js';

export const AUTH = 'auth';
export const HEART_BEAT = 'heartBeat';
export const REAUTH = 'reauth';
/** What happens to the receiver in a room: PROTOCOL.md R11.3. */
export const ROOM = 'sockets.room';

/** What the framework itself sends and takes in, so that nobody else may use the names. */
const FRAMEWORK_NAMES: readonly string[] = [HEART_BEAT, REAUTH, ROOM];

const REQUEST_NAME = /^[A-Za-z][\w.-]{0,63}$/;
const MAX_QUOTED = 64;

/** Whether `name` may name a handler: PROTOCOL.md R4.2. */
export function isRequestName(name: unknown): name is string {
  return typeof name === 'string' && REQUEST_NAME.test(name);
}

/**
 * The name of a message that is about to be sent.
 * @throws SocketsError `INVALID_MESSAGE`
 */
export function assertRequestName<Name extends string>(name: Name): Name {
  if (isRequestName(name)) return name;
  throw new SocketsError(
    'INVALID_MESSAGE',
    `${quote(name)} cannot name a message: it takes a letter, followed by up to 63 letters, digits, "_", "." or "-".`,
  );
}

// Whatever it is: a program in JavaScript may have taken it from anywhere.
function quote(name: unknown): string {
  return typeof name === 'string' ? JSON.stringify(name.slice(0, MAX_QUOTED)) : `A ${typeof name}`;
}

/**
 * The same, of a message that users send.
 * @throws SocketsError `INVALID_MESSAGE`
 */
export function assertSendable<Name extends string>(name: Name): Name {
  if (isFrameworkName(name)) throw ofTheFramework(name);
  return assertRequestName(name);
}

/** Whether the framework answers messages of that name itself: no handler may have it. */
export function isFrameworkName(name: string): boolean {
  return FRAMEWORK_NAMES.includes(name);
}

/** Why a name cannot be used for a message of one's own. */
export function ofTheFramework(name: string): SocketsError {
  return new SocketsError(
    'INVALID_MESSAGE',
    `"${name}" is sent by the framework itself. Choose another name.`,
  );
}
