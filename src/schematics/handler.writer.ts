import { posix } from 'node:path';
import { authCode, authSpec } from './auth.templates.js';
import { addImport } from './code.editor.js';
import type { HandlerNames } from './handler.names.js';
import { dtoCode, handlerCode, handlerSpec } from './handler.templates.js';
import { addToModule } from './module.editor.js';
import { importPath, type Project } from './project.js';
import { write, type Files } from './schematic.host.js';

/** Where a handler belongs. */
export interface HandlerPlace {
  readonly folder: string;
  readonly names: HandlerNames;
  /** The suffix of the test's file; without it there is no test. */
  readonly specSuffix: string | undefined;
}

/**
 * @returns the path of the handler's file
 * @throws Error where there is such a file already
 */
export function writeHandler(files: Files, project: Project, place: HandlerPlace): string {
  const { folder, names, specSuffix } = place;
  const path = posix.join(folder, `${names.file}.handler.ts`);
  files.create(path, handlerCode(names, project));
  files.create(posix.join(folder, `dto/${names.file}.dto.ts`), dtoCode(names, project));
  if (specSuffix !== undefined && project.testRunner) {
    files.create(specOf(path, specSuffix), handlerSpec(names, project));
  }
  return path;
}

export function writeAuth(
  files: Files,
  project: Project,
  path: string,
  specSuffix: string | undefined,
): void {
  files.create(path, authCode);
  if (specSuffix !== undefined && project.testRunner) {
    files.create(specOf(path, specSuffix), authSpec(project));
  }
}

function specOf(path: string, suffix: string): string {
  return path.replace(/ts$/, `${suffix}.ts`);
}

/** @throws Error that says which module cannot have it, and what to do */
export function addProvider(
  files: Files,
  project: Project,
  module: string,
  provider: { readonly className: string; readonly path: string },
): void {
  const { className, path } = provider;
  editModule(files, module, className, (code) => {
    const imported = addImport(code, className, importPath(module, path, project), project.width);
    return addToModule(imported, 'providers', className, project.width);
  });
}

export function editModule(
  files: Files,
  module: string,
  added: string,
  edit: (code: string) => string,
): void {
  try {
    write(files, module, edit(files.readText(module)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${added} cannot be added to ${module}: ${reason} Nothing was changed.`, {
      cause,
    });
  }
}
