import { OptionReader } from '../../options/option-reader.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import type { TlsOptions } from '../core/tls-options.js';

const NAMES = ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'] as const;
const PEM = 'the text or the bytes of a PEM file';

/** Of the option `tls`, which is for `wss://` alone. */
export function readTls(read: OptionReader, address: string): TlsOptions | undefined {
  const given = read.matching<object | undefined>('tls', undefined, isObject, 'an object');
  if (given === undefined) return undefined;
  if (!address.startsWith('wss:')) throw needsWss();
  const own = new OptionReader('SocketClient tls', given);
  own.assertKnown(NAMES);
  own.matching('ca', undefined, isPemOrList, `${PEM}, or an array of them`);
  const cert = own.matching('cert', undefined, isPem, PEM);
  const key = own.matching('key', undefined, isPem, PEM);
  if ((cert === undefined) !== (key === undefined)) throw needsBoth();
  own.string('servername', undefined);
  own.boolean('rejectUnauthorized', true);
  return given;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPem(value: unknown): boolean {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0;
}

function isPemOrList(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isPem) : isPem(value);
}

function needsWss(): SocketsError {
  return new SocketsError(
    'INVALID_OPTION',
    'SocketClient: "tls" needs an "address" that begins with wss://. Leave it out for ws://, which has no TLS.',
  );
}

function needsBoth(): SocketsError {
  return new SocketsError(
    'INVALID_OPTION',
    'SocketClient: "tls.cert" and "tls.key" need each other. Give both, or none.',
  );
}
