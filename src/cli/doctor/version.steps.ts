import { SUBPROTOCOL } from '../../envelope/hello.js';
import { statusText } from './http.step.js';
import type { HttpAnswer } from './http-probe.js';
import { failed, ok, skipped, type Step } from './step.js';

/** What upgrades of both versions were answered; those that were asked for. */
export interface Upgrades {
  readonly version1: HttpAnswer;
  readonly version2?: HttpAnswer | undefined;
}

const SWITCHING = 101;
const UNAUTHORIZED = 401;
const OTHER_VERSION = 426;

/** Whether the hello alone was refused: who asks without one is let in, or told of the version. */
export function isHelloRefused({ version1, version2 }: Upgrades): boolean {
  const passes = version1.status === SWITCHING || version1.status === OTHER_VERSION;
  return version2?.status === UNAUTHORIZED && passes;
}

/** The steps of both versions, of which a client speaks one. */
export function versionSteps(upgrades: Upgrades, spoken: 1 | 2): Step[] {
  const { version1, version2 } = upgrades;
  if (spoken === 1) {
    const own =
      judge('version 1', version1, USE_WIRE_2) ??
      ok('version 1', 'the upgrade is taken (HTTP 101)');
    return [own, skipped('version 2', 'not asked for: --wire 2')];
  }
  const own = ownVersion2(upgrades, version2!);
  return [otherVersion(version1, own.outcome === 'ok'), own];
}

function otherVersion(answer: HttpAnswer, isSpare: boolean): Step {
  if (answer.status !== SWITCHING) {
    return skipped('version 1', `is not taken, and not needed: ${statusText(answer)}`);
  }
  const detail = isSpare
    ? 'is taken, too; --wire 1 would speak it'
    : 'is taken; --wire 1 speaks it';
  return ok('version 1', detail);
}

function ownVersion2(upgrades: Upgrades, answer: HttpAnswer): Step {
  if (isHelloRefused(upgrades)) {
    return ok('version 2', 'is spoken: the hello, with the keys in it, is refused with HTTP 401');
  }
  const isOther = upgrades.version1.status !== OTHER_VERSION;
  const problem = judge('version 2', answer, isOther ? USE_WIRE_1 : NEITHER);
  if (problem) return problem;
  if (answer.subprotocol === SUBPROTOCOL) {
    return ok('version 2', `the upgrade is taken (HTTP 101, subprotocol ${SUBPROTOCOL})`);
  }
  const advice =
    'Try --wire 1, for servers of @stonyx/sockets; or the URL is that of another service.';
  return failed('version 2', `HTTP 101 without the subprotocol ${SUBPROTOCOL}`, advice);
}

/** Why an upgrade was refused; undefined where it was not. @param otherwise What to do if it was for the version */
function judge(
  name: 'version 1' | 'version 2',
  answer: HttpAnswer,
  otherwise: string,
): Step | undefined {
  const { status } = answer;
  if (status === SWITCHING) return undefined;
  const advice = status === OTHER_VERSION ? otherwise : adviceFor(answer);
  return failed(name, `the upgrade is refused: ${statusText(answer)}`, advice);
}

const USE_WIRE_1 = 'Use --wire 1: the server does not speak version 2.';
const USE_WIRE_2 =
  'Use --wire 2, and neither --no-encryption nor SOCKET_ENCRYPTION: the server does not speak version 1.';
const NEITHER =
  'The server takes neither version: see that host, port and path are those of nestjs-sockets.';

function adviceFor({ status }: HttpAnswer): string {
  const known = ADVICE.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return 'The server, or a proxy before it, is in trouble: see its log.';
  if (status >= 300 && status < 400) return 'Use the URL to which this one leads.';
  return 'No WebSocket server is at this path: see the path of the URL, and that proxies pass upgrades on.';
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [401, 'The connection guard of the application refuses this client: see what it asks for.'],
  [403, 'The connection guard of the application, or "allowedOrigins", refuses this client.'],
  [404, 'See the path of the URL: it is the option "path" of the server.'],
  [
    429,
    'Too many connections from this address, or too many failures: wait a minute, and see the limits of the server.',
  ],
  [503, 'The server is full, starts or shuts down: try again, and see its log.'],
]);
