import { posix } from 'node:path';
import type { Files } from './schematic.host.js';

const MODULE = '.module.ts';

/** The module of a folder, or else of one above it, as Nest looks for it. */
export function nearestModule(files: Files, folder: string): string | undefined {
  const modules = files.getDir(folder).subfiles.filter((name) => name.endsWith(MODULE));
  const named = [posix.basename(folder), 'app'].map((name) => name + MODULE);
  const found = named.find((name) => modules.includes(name)) ?? modules[0];
  if (found !== undefined) return posix.join(folder, found);
  const above = posix.dirname(folder);
  return above === folder ? undefined : nearestModule(files, above);
}
