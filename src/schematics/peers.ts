import { MANIFEST, packageManagerOf, readManifest, type Manifest } from './project.js';
import { readIfThere, write, type Context, type Files } from './schematic.host.js';

/** What SocketsModule needs beside a new application's own packages, for each major of Nest. */
export const PEER_RANGES: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['11', { '@nestjs/platform-ws': '^11.0.5', '@nestjs/websockets': '^11.0.0' }],
  ['12', { '@nestjs/platform-ws': '^12.0.0', '@nestjs/websockets': '^12.0.0' }],
]);
const NEST = '@nestjs/common';
const TESTING = '@nestjs/testing';

/**
 * Puts them into package.json, and has them installed. Otherwise package managers would take the newest
 * ones, whatever the application's Nest.
 * @throws Error where Nest is too old, too new or not there
 */
export function addPeers(files: Files, context: Context): void {
  const manifest = readManifest(files);
  const major = majorOfNest(files, manifest);
  const peers = PEER_RANGES.get(major);
  if (!peers) throw new Error(`${NEST} is ${major} here: nestjs-sockets needs Nest 11 or 12.`);
  const added = {
    ...manifest,
    dependencies: sorted({ ...peers, ...manifest.dependencies }),
    devDependencies: sorted({ [TESTING]: `^${major}.0.0`, ...manifest.devDependencies }),
  };
  if (isSame(manifest, added)) return;
  write(files, MANIFEST, asWritten(files.readText(MANIFEST), added));
  const options = { command: 'install', packageManager: packageManagerOf(files), quiet: true };
  context.addTask({ toConfiguration: () => ({ name: 'node-package', options }) });
}

function majorOfNest(files: Files, { dependencies }: Manifest): string {
  const range = dependencies?.[NEST] ?? '';
  // What is no range, as `latest` and `workspace:*`, says nothing of what is installed.
  const installed = readIfThere(files, `node_modules/${NEST}/package.json`);
  const version = installed ? (JSON.parse(installed) as { version: string }).version : range;
  return /\d+/.exec(version)?.[0] ?? `"${range}"`;
}

function isSame(before: Manifest, after: Manifest): boolean {
  return (['dependencies', 'devDependencies'] as const).every(
    (key) => Object.keys(before[key] ?? {}).length === Object.keys(after[key] ?? {}).length,
  );
}

function sorted(ranges: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(ranges).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function asWritten(before: string, manifest: Manifest): string {
  const indent = /^\{\r?\n([ \t]+)/.exec(before)?.[1] ?? '  ';
  return JSON.stringify(manifest, null, indent) + (before.endsWith('\n') ? '\n' : '');
}
