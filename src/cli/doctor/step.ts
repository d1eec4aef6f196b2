/** The steps of an examination, in their order. */
export const STEP_NAMES = [
  'address',
  'dns',
  'tcp',
  'tls',
  'http',
  'version 1',
  'version 2',
  'key',
  'auth',
  'heartbeat',
  'limits',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** What a step has found. */
export interface Step {
  readonly name: StepName;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
  /** What to do next, also where all is well. */
  readonly advice?: string | undefined;
}

export function ok(name: StepName, detail: string, advice?: string): Step {
  return { name, outcome: 'ok', detail, ...(advice !== undefined && { advice }) };
}

export function failed(name: StepName, detail: string, advice: string): Step {
  return { name, outcome: 'failed', detail, advice };
}

export function skipped(name: StepName, detail: string): Step {
  return { name, outcome: 'skipped', detail };
}
