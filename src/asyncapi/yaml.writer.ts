const INDENT = '  ';
// What no reader of YAML, old or new, takes for anything but this text.
const PLAIN = /^[A-Za-z_/$][\w $()+,;./-]*$/;
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i;
// A block keeps its line breaks, and nothing else that could be meant.
const BLOCK = /^\S[^\t\r]*\n[^\t\r]*\S$/;

/**
 * JSON data as YAML 1.2 for people: of all of YAML, mappings, sequences, and texts, which stand in quotes
 * as in JSON wherever they could be taken for something else.
 */
export function toYaml(value: unknown): string {
  return `${nodeOf(value, '').trimStart()}\n`;
}

/** What stands behind `key:` or `-`, with the space or line break before it. */
function nodeOf(value: unknown, indent: string): string {
  if (Array.isArray(value)) return sequence(value, indent);
  if (typeof value === 'object' && value !== null) return mapping(value, indent);
  return ` ${scalar(value, indent)}`;
}

function sequence(items: readonly unknown[], indent: string): string {
  if (items.length === 0) return ' []';
  const lines = items.map((item) => `${indent}-${inSequence(item, indent)}`);
  return `\n${lines.join('\n')}`;
}

/** The first line of an item stands behind its dash. */
function inSequence(item: unknown, indent: string): string {
  const node = nodeOf(item ?? null, indent + INDENT);
  return node.startsWith('\n') ? ` ${node.trimStart()}` : node;
}

function mapping(value: object, indent: string): string {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0) return ' {}';
  const lines = entries.map(
    ([key, member]) => `${indent}${keyOf(key)}:${nodeOf(member, indent + INDENT)}`,
  );
  return `\n${lines.join('\n')}`;
}

function keyOf(key: string): string {
  return isPlain(key) ? key : JSON.stringify(key);
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  if (isPlain(value)) return value;
  if (!BLOCK.test(value)) return JSON.stringify(value);
  const lines = value.split('\n').map((line) => (line === '' ? '' : indent + line));
  return `|-\n${lines.join('\n')}`;
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !RESERVED.test(text) && !text.endsWith(' ');
}
