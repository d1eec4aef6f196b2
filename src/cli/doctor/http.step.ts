import { speaksTls } from '../../client/node/tls-probe.js';
import { shorten } from '../../logging/message-of.js';
import { askPlainly, type HttpAnswer } from './http-probe.js';
import type { Target } from './network.steps.js';
import { failed, ok, type Step } from './step.js';

const UPGRADE_REQUIRED = 426;
const LARGE_SKEW = 5;
const MAX_TEXT = 100;

/** Who answers a plain request, and what time it is there. */
export async function askHttp(target: Target): Promise<Step> {
  const sentAt = Date.now();
  try {
    const answer = await askPlainly(target);
    const skew = skewOf(answer, sentAt);
    const usual = answer.status === UPGRADE_REQUIRED ? USUAL : '';
    const detail = `a plain request is answered ${statusText(answer)}${usual}${clockText(skew)}`;
    return ok('http', detail, Math.abs(skew ?? 0) > LARGE_SKEW ? CLOCK_ADVICE : undefined);
  } catch (error) {
    return noHttp(target, error as NodeJS.ErrnoException);
  }
}

// So it says nothing of the path, which the upgrade will show to be right or wrong.
const USUAL = ', as WebSocket servers do at any path';
const CLOCK_ADVICE = 'Set the clocks: tokens that expire are judged by the clock of the server.';

/** A status with what stands beside it. */
export function statusText({ status, body, location }: HttpAnswer): string {
  if (location !== undefined) return `HTTP ${status} to ${shorten(location, MAX_TEXT)}`;
  const isText = body !== '' && !body.trimStart().startsWith('<');
  const text = isText ? ` (${shorten(body.trim(), MAX_TEXT)})` : '';
  return `HTTP ${status}${text}`;
}

async function noHttp(
  { url, isTls, timeout }: Target,
  { name, code = '', message }: NodeJS.ErrnoException,
): Promise<Step> {
  if (name === 'AbortError' || name === 'TimeoutError') {
    const advice = 'The server is stopped or very busy, or speaks something else than HTTP.';
    return failed('http', `no answer within ${timeout} ms`, advice);
  }
  const why = code || message;
  if (!isTls && (await speaksTls(url.href, timeout))) {
    return failed('http', `TLS is spoken here, not plain HTTP (${why})`, 'Use wss://.');
  }
  const advice = 'Another program listens there: see that host and port are right.';
  return failed('http', `what answers is no HTTP (${why})`, advice);
}

/** Seconds that the clock of the server is ahead, as far as HTTP tells: it has whole ones. */
function skewOf({ date }: HttpAnswer, sentAt: number): number | undefined {
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return undefined;
  const here = (sentAt + Date.now()) / 2;
  return Math.round((there + 500 - here) / 1_000);
}

function clockText(skew: number | undefined): string {
  if (skew === undefined) return '; it does not tell the time';
  if (skew === 0) return '; its clock is right';
  return `; its clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`;
}
