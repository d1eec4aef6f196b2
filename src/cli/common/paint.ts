import type { CliOutput } from './cli-io.js';

type Colour = keyof typeof CODES;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Puts text into colours. */
export type Paint = (colour: Colour, text: string) => string;

/** Colours for a terminal that has them; none in a pipe, and none where NO_COLOR is set. */
export function paintFor(output: CliOutput): Paint {
  if (!output.isTTY || output.hasColors?.() !== true) return (_, text) => text;
  return (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
