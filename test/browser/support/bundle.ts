import { join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';

const ROOT = join(import.meta.dirname, '../../..');

/** A page's script and what it loads later, by their names, and what they are made of. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
}

/** Bundles a file of the project as `npm run build` does; a module of Node fails it. */
export function bundle(entry: string): Promise<Bundle> {
  return bundleWith({ entryPoints: [join(ROOT, entry)], outdir: '/' });
}

/** The same for what is no file, or is put elsewhere. */
export async function bundleWith(options: BuildOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...options,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'silent',
  });
  return { files: new Map(outputFiles.map(({ path, contents }) => [path, contents])), metafile };
}
