import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DescribedClass } from '../types/schema-source.js';

interface TransformStorage {
  findTypeMetadata(
    target: unknown,
    name: string,
  ): { readonly typeFunction?: (...args: unknown[]) => unknown } | undefined;
}

// Not where this file lies: the application's class-transformer is meant, and an own one knows nothing.
const PLACES = [join(process.cwd(), 'index.js'), process.argv[1]];

// What class-transformer calls it with has the object at hand, of which here is none.
const NOTHING = { newObject: {}, object: {}, property: '' };

let storage: TransformStorage | undefined;

/** The class that `@Type(() => Player)` of class-transformer names, if that is installed. */
export function transformedType(type: DescribedClass, name: string): DescribedClass | undefined {
  storage ??= findStorage();
  const found = storage?.findTypeMetadata(type, name)?.typeFunction?.(NOTHING);
  return typeof found === 'function' ? (found as DescribedClass) : undefined;
}

function findStorage(): TransformStorage | undefined {
  for (const place of PLACES) {
    try {
      const load = createRequire(place!);
      const loaded = load('class-transformer/cjs/storage.js') as Record<string, unknown>;
      return loaded.defaultMetadataStorage as TransformStorage;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}
