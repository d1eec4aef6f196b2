import { randomBytes } from 'node:crypto';
import { readIfThere, write, type Files } from './schematic.host.js';

const KEY = 'SOCKET_AUTH_KEY';
const WITHOUT_VALUE = new RegExp(`^(${KEY}=)[ \\t]*$`, 'm');
const WITH_NAME = new RegExp(`^\\s*(?:export\\s+)?${KEY}\\s*=`, 'm');

/** Puts a new key into `.env`, which git must not see, and its name into `.env.example`, which it may. */
export function addKey(files: Files): void {
  change(files, '.env', (text) => withKey(text, randomBytes(32).toString('base64url')));
  change(files, '.env.example', withName);
  change(files, '.gitignore', withoutEnv);
}

function change(files: Files, path: string, edit: (text: string) => string): void {
  const before = readIfThere(files, path);
  const after = edit(before);
  if (after !== before) write(files, path, after);
}

/** A key that is there stays: clients have it. */
function withKey(text: string, key: string): string {
  if (WITHOUT_VALUE.test(text)) return text.replace(WITHOUT_VALUE, `$1${key}`);
  return WITH_NAME.test(text) ? text : withLines(text, `${KEY}=${key}`);
}

function withName(text: string): string {
  if (WITH_NAME.test(text)) return text;
  return withLines(text, '# npx nestjs-sockets keygen', `${KEY}=`);
}

function withoutEnv(text: string): string {
  return /^(\*\*)?\/?(\*?\.env\*?)\s*$/m.test(text) ? text : withLines(text, '.env');
}

function withLines(text: string, ...lines: string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + newline;
  return before + lines.map((line) => line + newline).join('');
}
