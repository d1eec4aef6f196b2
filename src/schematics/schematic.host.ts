// What the schematics need of the engine that runs them. It comes with the application's @nestjs/cli, at
// another version for each major of Nest; what imports nothing of it works with all of them, and from
// wherever the package manager puts it.

/** The files of the application: what Angular's `Tree` is, as far as it is used. */
export interface Files {
  exists(path: string): boolean;
  readText(path: string): string;
  create(path: string, text: string): void;
  overwrite(path: string, text: string): void;
  getDir(path: string): {
    readonly subdirs: readonly string[];
    readonly subfiles: readonly string[];
  };
}

/** What Angular's `SchematicContext` is, as far as it is used. */
export interface Context {
  readonly logger: { info(message: string): void; warn(message: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}

/** A schematic with its options: changes the files, of which none is written if it throws. */
export type Rule = (files: Files, context: Context) => void;

export function write(files: Files, path: string, text: string): void {
  if (!files.exists(path)) files.create(path, text);
  else if (files.readText(path) !== text) files.overwrite(path, text);
}

export function readIfThere(files: Files, path: string): string {
  return files.exists(path) ? files.readText(path) : '';
}

export function filesBelow(files: Files, folder: string): string[] {
  const { subdirs, subfiles } = files.getDir(folder);
  const deeper = subdirs.filter((name) => name !== 'node_modules');
  return [
    ...subfiles.map((name) => `${folder}/${name}`),
    ...deeper.flatMap((name) => filesBelow(files, `${folder}/${name}`)),
  ];
}
