import type { ErrorObject } from '../common/shown-text.js';

/** What answers an order: the name of its request, and the id that it was given. */
interface Answering {
  readonly request: string;
  readonly id?: unknown;
}

/** One thing that is told: a line of JSON for a program, a line of text for a person. */
export type Said =
  | (Answering & { readonly response: unknown; readonly milliseconds: number })
  | (Answering & { readonly error: ErrorObject })
  | (Answering & { readonly item: unknown })
  | (Answering & { readonly done: true })
  | (Answering & { readonly sent: true })
  | { readonly request: string; readonly push: unknown }
  | { readonly request: string; readonly ask: unknown }
  | { readonly error: ErrorObject }
  | { readonly event: string; readonly [detail: string]: unknown };

export type Say = (said: Said) => void;
