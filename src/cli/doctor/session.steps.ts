import { ABNORMAL_CLOSURE, CloseCode } from '../../protocol/close-code.js';
import { errorText, jsonText } from '../common/shown-text.js';
import { adviceOnGoodKey, adviceOnHello, adviceOnSeal, type KeyOptions } from './key.advice.js';
import type { SessionFindings } from './session.probe.js';
import { failed, ok, skipped, type Step } from './step.js';

const NOT_OURS =
  'Nothing of nestjs-sockets answers here: see host, port and path. For a server of @stonyx/sockets try --wire 1.';
const OFTEN_REFUSED =
  'If this address has failed often in the last minute it is told nothing: wait a minute, and try again.';

/** What the keys are worth; of version 1 the reply to `auth` tells. */
export function keyStep(findings: SessionFindings, options: KeyOptions): Step {
  return options.version === 2
    ? keyOfVersion2(findings, options)
    : keyOfVersion1(findings, options);
}

/** The hello was refused with 401, before any connection. */
export function keyRefused(options: KeyOptions): Step {
  return failed('key', 'the server does not know the keys of this client', adviceOnHello(options));
}

function keyOfVersion2({ settings, error }: SessionFindings, options: KeyOptions): Step {
  if (settings) {
    return ok(
      'key',
      `the server has proved its keys (${options.pattern})`,
      adviceOnGoodKey(options),
    );
  }
  return failed('key', `the hello was not answered: ${errorText(error)}`, NOT_OURS);
}

function keyOfVersion1(findings: SessionFindings, options: KeyOptions): Step {
  const { auth, end, wasRefusedHere, error } = findings;
  if (!options.encryption) return plainKey(findings);
  if (wasRefusedHere) {
    return failed('key', `the answer does not open: ${errorText(error)}`, NOT_OURS);
  }
  if (auth) return ok('key', 'the server has the same key', adviceOnGoodKey(options));
  if (end && AFTER_OPENING.includes(end.code)) {
    return ok('key', 'the server has opened what was sent');
  }
  if (end?.code === CloseCode.BadFrame || end?.code === CloseCode.NoStatus) {
    const detail = `the server could not open what was sent (${endText(findings)})`;
    return failed('key', detail, adviceOnSeal());
  }
  return failed('key', `no answer to auth: ${errorText(error)}`, `${NOT_OURS} ${OFTEN_REFUSED}`);
}

// Nothing is judged or answered before it was opened.
const AFTER_OPENING: readonly number[] = [
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
  CloseCode.InternalError,
];

function plainKey(findings: SessionFindings): Step {
  if (findings.end?.code !== CloseCode.BadFrame) return skipped('key', 'no encryption, no keys');
  const advice = 'The server has encryption: leave out --no-encryption, and SOCKET_ENCRYPTION.';
  return failed('key', `plain text is refused (${endText(findings)})`, advice);
}

/** What the `auth` handler of the application said. */
export function authStep(findings: SessionFindings): Step {
  const { auth, end, error, expires } = findings;
  const response = auth?.response;
  if (!response) return failed('auth', refusal(findings), authAdvice(end?.code, error));
  const until = expires === undefined ? '' : `; expires in ${Math.round(expires / 1_000)} s`;
  const detail = `accepted, with ${jsonText(response)}${until}`;
  if (auth.id !== undefined) return ok('auth', detail);
  const original =
    'It echoes no ids, as servers of @stonyx/sockets: one request of a name at a time, no streams.';
  return ok('auth', detail, original);
}

function refusal(findings: SessionFindings): string {
  return findings.end ? `refused (${endText(findings)})` : `failed: ${errorText(findings.error)}`;
}

function authAdvice(code: number | undefined, error: unknown): string {
  switch (code) {
    case CloseCode.InternalError:
      return 'The auth handler failed: see the log of the server.';
    case CloseCode.TooBig:
      return 'Send less in --auth-data, or raise "maxUnauthenticatedMessageSize" of the server.';
    case CloseCode.AuthTimeout:
      return `The auth handler did not answer in time. ${OFTEN_REFUSED}`;
    case undefined:
    case ABNORMAL_CLOSURE:
      return `See the log of the server. ${OFTEN_REFUSED}`;
    default:
      return error === undefined
        ? 'See what the auth handler of the application asks for.'
        : 'See what the auth handler of the application asks of --auth-data, and that it takes this key.';
  }
}

export function heartbeatStep({ roundTrip, error, end }: SessionFindings): Step {
  if (roundTrip !== undefined) return ok('heartbeat', `answered in ${roundTrip.toFixed(1)} ms`);
  const why = end ? `the connection ended (${end.code})` : errorText(error);
  return failed(
    'heartbeat',
    why,
    'The server is busy, or something on the way cuts connections: see both.',
  );
}

/** What the server told of itself, which only version 2 does. */
export function limitsStep({ settings }: SessionFindings): Step {
  if (!settings) return skipped('limits', 'version 1 does not tell them');
  const { maxMessageSize, heartBeatInterval } = settings;
  const size = `messages of up to ${maxMessageSize.toLocaleString('en-US')} bytes`;
  const beats =
    heartBeatInterval === null ? 'no heartbeats' : `heartbeats every ${heartBeatInterval} ms`;
  return ok('limits', `${size}, ${beats}`);
}

function endText({ end }: SessionFindings): string {
  return end?.reason ? `close ${end.code}: ${jsonText(end.reason)}` : `close ${end?.code}`;
}
