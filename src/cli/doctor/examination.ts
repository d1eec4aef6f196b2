import type { ResolvedClientOptions } from '../../client/core/client.options.js';
import { nodePlatform } from '../../client/node/node.platform.js';
import { messageOf } from '../../logging/log-text.js';
import { askForUpgrade, type HttpAnswer } from './http-probe.js';
import { askHttp } from './http.step.js';
import { describeAddress, findName, openTcp, targetOf, type Target } from './network.steps.js';
import { SessionProbe } from './session.probe.js';
import { authStep, heartbeatStep, keyRefused, keyStep, limitsStep } from './session.steps.js';
import { failed, skipped, STEP_NAMES, type Step } from './step.js';
import { inspectTls } from './tls.step.js';
import { isHelloRefused, versionSteps, type Upgrades } from './version.steps.js';

/** Examines a server step by step, as far as each step lets the next one be tried. */
export async function* examine(options: ResolvedClientOptions): AsyncGenerator<Step> {
  let isWell = true;
  let done = 0;
  for await (const step of stepsOf(options)) {
    isWell &&= step.outcome !== 'failed';
    done = STEP_NAMES.indexOf(step.name) + 1;
    yield step;
    if (!isWell && !IS_FOLLOWED.has(step.name)) break;
  }
  for (const name of STEP_NAMES.slice(done)) yield skipped(name, 'a step before it failed');
}

// These two are found together.
const IS_FOLLOWED: ReadonlySet<string> = new Set(['version 1']);

async function* stepsOf(options: ResolvedClientOptions): AsyncGenerator<Step> {
  const target = targetOf(options);
  yield describeAddress(target);
  yield await findName(target);
  yield await openTcp(target);
  yield await inspectTls(target);
  yield await askHttp(target);
  yield* upgradeAndSession(target, options);
}

async function* upgradeAndSession(
  target: Target,
  options: ResolvedClientOptions,
): AsyncGenerator<Step> {
  const wire = await nodePlatform.prepareWire(options);
  let upgrades: Upgrades;
  try {
    const version1 = await askForUpgrade(target);
    const version2 = await askVersion2(target, (await wire.sayHello())?.hello);
    upgrades = { version1, version2 };
  } catch (error) {
    yield cutOff(error, options.version);
    return;
  }
  yield* versionSteps(upgrades, options.version);
  if (isHelloRefused(upgrades)) yield keyRefused(options);
  const findings = await new SessionProbe(options, wire).run();
  yield keyStep(findings, options);
  yield authStep(findings);
  yield heartbeatStep(findings);
  yield limitsStep(findings);
}

async function askVersion2(
  target: Target,
  hello: string | undefined,
): Promise<HttpAnswer | undefined> {
  return hello === undefined ? undefined : askForUpgrade(target, hello);
}

function cutOff(error: unknown, version: 1 | 2): Step {
  const advice =
    'The server hangs up on WebSockets: see its log, and that a proxy before it passes upgrades on.';
  return failed(`version ${version}`, `no answer to the upgrade (${messageOf(error)})`, advice);
}
