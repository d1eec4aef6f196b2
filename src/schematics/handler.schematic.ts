import { posix } from 'node:path';
import { namesOf } from './handler.names.js';
import { addProvider, writeHandler } from './handler.writer.js';
import { nearestModule } from './module.finder.js';
import { readProject } from './project.js';
import type { Rule } from './schematic.host.js';

/** As handler.schema.json describes them. */
export interface HandlerOptions {
  readonly name: string;
  readonly path?: string;
  readonly sourceRoot: string;
  readonly flat: boolean;
  readonly spec: boolean;
  readonly specFileSuffix?: string;
  readonly skipImport?: boolean;
}

/** `nest g -c nestjs-sockets handler games/validate-game` */
export function handler(options: HandlerOptions): Rule {
  return (files, context) => {
    const project = readProject(files);
    const names = namesOf(posix.basename(options.name));
    const folder = folderOf(options, names.file);
    const specSuffix = options.spec ? (options.specFileSuffix ?? 'spec') : undefined;
    const path = writeHandler(files, project, { folder, names, specSuffix });
    if (options.skipImport) return;
    const className = `${names.className}Handler`;
    const module = nearestModule(files, folder);
    if (module) return addProvider(files, project, module, { className, path });
    context.logger.warn(`There is no module above ${path}: list ${className} in one yourself.`);
  };
}

/** A name with a folder says where it belongs; one without gets a folder of its own, as with Nest. */
function folderOf({ name, path = '', sourceRoot, flat }: HandlerOptions, file: string): string {
  const given = posix.join(path, posix.dirname(name));
  const own = given === '.' && !flat ? file : '';
  return posix.join(sourceRoot, given, own);
}
