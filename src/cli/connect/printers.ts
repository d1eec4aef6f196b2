import type { CliOutput } from '../common/cli-io.js';
import type { Paint } from '../common/paint.js';
import { errorLine, jsonText, plainText } from '../common/shown-text.js';
import type { Said, Say } from './said.js';

/** One JSON object a line, without what differs each time. */
export function sayJson(output: CliOutput): Say {
  return (said) => {
    const { milliseconds: _, ...rest } = said as Said & { milliseconds?: number };
    output.write(`${jsonText(rest)}\n`);
  };
}

/** A line for people. */
export function sayText(print: (line: string) => void, paint: Paint): Say {
  return (said) => print(lineOf(said, paint));
}

function lineOf(said: Said, paint: Paint): string {
  if ('event' in said) return paint('dim', `-- ${eventText(said)}`);
  if (!('request' in said)) return paint('red', errorLine(said.error));
  const name = paint('bold', plainText(said.request));
  if ('error' in said) {
    if (said.error.code === 'REQUEST_ABORTED') return `${name} ${paint('dim', 'is cancelled')}`;
    return `${name} ${paint('red', errorLine(said.error))}`;
  }
  if ('push' in said) return `${paint('cyan', '<<')} ${name} ${jsonText(said.push)}`;
  if ('ask' in said) return `${paint('cyan', '<?')} ${name} ${jsonText(said.ask)} (not answered)`;
  if ('item' in said) return `${name} ${paint('green', '-')} ${jsonText(said.item)}`;
  if ('done' in said) return `${name} ${paint('dim', 'has ended')}`;
  if ('sent' in said) return `${name} ${paint('dim', 'is sent')}`;
  const time = paint('dim', `(${said.milliseconds.toFixed(1)} ms)`);
  return `${name} ${paint('green', '=')} ${jsonText(said.response)} ${time}`;
}

function eventText({ event, ...details }: { event: string; [detail: string]: unknown }): string {
  const { text, ...rest } = details;
  const words = [event, text].filter((part) => typeof part === 'string').map(plainText);
  return [...words, ...(Object.keys(rest).length > 0 ? [jsonText(rest)] : [])].join(' ');
}
