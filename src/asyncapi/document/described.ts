import type { Described } from '../decorators/documentation.js';
import type { AsyncApiOperation } from '../types/async-api.types.js';

/** The texts of an operation or a message, as far as there are any. */
export function saidOf({
  summary,
  description,
  deprecated,
}: Described): Pick<AsyncApiOperation, 'summary' | 'description' | 'x-deprecated'> {
  return {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(deprecated === true && { 'x-deprecated': true }),
  };
}

/** The kind of an operation, and the groups that it was put into. */
export function tagsOf({ tags = [] }: Described, kind: string): readonly string[] {
  return [...new Set([kind, ...tags])];
}
