import { beforeEach, describe, expect, it } from '@jest/globals';
import { describeAddress, openTcp, targetOf } from '../../../src/cli/doctor/network.steps.js';
import {
  authStep,
  heartbeatStep,
  keyRefused,
  keyStep,
} from '../../../src/cli/doctor/session.steps.js';
import type { HttpAnswer } from '../../../src/cli/doctor/http-probe.js';
import { isHelloRefused, versionSteps } from '../../../src/cli/doctor/version.steps.js';
import { useEnvironment } from '../../fixtures/environment.js';

const setEnvironment = useEnvironment();

function answer(status: number, more: Partial<HttpAnswer> = {}): HttpAnswer {
  return {
    status,
    subprotocol: undefined,
    body: '',
    date: undefined,
    location: undefined,
    ...more,
  };
}

const VERSION_1 = {
  version: 1,
  pattern: 'NNpsk0',
  encryption: true,
  authKey: 'x'.repeat(16),
} as const;
const VERSION_2 = { ...VERSION_1, version: 2 } as const;

describe('The address', () => {
  it.each([
    ['ws://localhost', 'localhost', 80],
    ['wss://example.com/a', 'example.com', 443],
    ['ws://[::1]:2667', '::1', 2667],
  ])('%s is host %s and port %d', (address, host, port) => {
    const target = targetOf({ address, connectTimeout: 1_000, tls: undefined });
    expect(target).toMatchObject({ host, port });
    expect(describeAddress(target).detail).toContain(`host ${host}, port ${port}`);
  });

  it('that cannot be reached fails the step tcp', async () => {
    const step = await openTcp(
      targetOf({ address: 'ws://127.0.0.1:1', connectTimeout: 1_000, tls: undefined }),
    );
    expect(step).toMatchObject({ name: 'tcp', outcome: 'failed' });
  });
});

describe('The steps of the versions', () => {
  it.each([400, 401, 403, 404, 405, 426, 429, 500, 503, 301, 200])(
    'have an advice for HTTP %d',
    (status) => {
      const refused = answer(status);
      const [, own] = versionSteps({ version1: refused, version2: refused }, 2);
      expect(own).toMatchObject({ name: 'version 2', outcome: 'failed' });
      expect(own!.detail).toContain(`HTTP ${status}`);
      expect(own!.advice).toMatch(/^[A-Z].*\.$/);
    },
  );

  it('tell a refused hello from a refused client', () => {
    const version2 = answer(401);
    expect(isHelloRefused({ version1: answer(101), version2 })).toBe(true);
    expect(isHelloRefused({ version1: answer(426), version2 })).toBe(true);
    expect(isHelloRefused({ version1: answer(401), version2 })).toBe(false);
    expect(isHelloRefused({ version1: answer(101), version2: answer(404) })).toBe(false);
  });

  it('miss the subprotocol where a server does not know version 2', () => {
    const taken = answer(101);
    const [, own] = versionSteps({ version1: taken, version2: taken }, 2);
    expect(own).toMatchObject({ outcome: 'failed', advice: expect.stringContaining('--wire 1') });
  });

  it('know which version a server wants that does not take this one', () => {
    const [taken, other] = [answer(101), answer(426, { body: 'Not this one' })];
    const [first, own] = versionSteps({ version1: taken, version2: other }, 2);
    expect(first!.detail).toBe('is taken; --wire 1 speaks it');
    expect(own!.detail).toBe('the upgrade is refused: HTTP 426 (Not this one)');
    expect(own!.advice).toBe('Use --wire 1: the server does not speak version 2.');
    expect(versionSteps({ version1: other }, 1)[0]!.advice).toMatch(/^Use --wire 2, /);
    const [, neither] = versionSteps({ version1: other, version2: other }, 2);
    expect(neither!.advice).toMatch(/^The server takes neither version: /);
  });

  it('say where a redirect leads', () => {
    const moved = answer(301, { location: 'https://example.com/' });
    const [own] = versionSteps({ version1: moved }, 1);
    expect(own!.detail).toContain('HTTP 301 to https://example.com/');
  });
});

describe('The step of the key', () => {
  const error = new Error('gone');

  it('fails in version 2 where nobody answers the hello', () => {
    expect(keyStep({ error }, VERSION_2)).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    [4400, 'failed'],
    [1005, 'failed'],
    [4401, 'ok'],
    [1011, 'ok'],
    [1006, 'failed'],
  ])('tells in version 1 from the close code %d: %s', (code, outcome) => {
    expect(keyStep({ error, end: { code, reason: '' } }, VERSION_1)).toMatchObject({ outcome });
  });

  it('warns of a weak key that fits', () => {
    const weak = { ...VERSION_1, authKey: 'short' };
    const step = keyStep({ auth: { request: 'auth', response: true } }, weak);
    expect(step).toMatchObject({ outcome: 'ok', advice: expect.stringContaining('5 characters') });
    expect(JSON.stringify(step)).not.toContain('short');
  });
});

describe('Without a key', () => {
  beforeEach(() => setEnvironment({ SOCKET_AUTH_KEY: '' }));
  const notSet = expect.stringContaining('SOCKET_AUTH_KEY is not set');

  it.each(['NNpsk0', 'NK'] as const)('a refused hello of %s is told so', (pattern) => {
    expect(keyRefused({ ...VERSION_2, pattern })).toMatchObject({ advice: notSet });
  });

  it('a frame that did not open is told so', () => {
    const end = { code: 4400, reason: '' };
    expect(keyStep({ end }, VERSION_1)).toMatchObject({ outcome: 'failed', advice: notSet });
  });

  it('a server that has none either is told so', () => {
    const auth = { request: 'auth', response: true };
    const step = keyStep({ auth }, { ...VERSION_1, authKey: 'AUTH_KEY' });
    expect(step).toMatchObject({ outcome: 'ok', advice: notSet });
  });

  it('is said of no key that is there', () => {
    setEnvironment({ SOCKET_AUTH_KEY: 'x'.repeat(16) });
    expect(keyRefused(VERSION_2).advice).toMatch(/^Set SOCKET_AUTH_KEY to the key of the server\./);
  });
});

describe('The steps after it', () => {
  it.each([1006, 1009, 1011, 4401, 4408])('advise after the close code %d', (code) => {
    const step = authStep({ error: new Error('gone'), end: { code, reason: 'why' } });
    expect(step).toMatchObject({ outcome: 'failed', detail: `refused (close ${code}: "why")` });
    expect(step.advice).toMatch(/\.$/);
  });

  it('tell when what was shown expires', () => {
    const auth = { request: 'auth', id: 0, response: 'success' };
    expect(authStep({ auth, expires: 60_000 }).detail).toContain('expires in 60 s');
  });

  it('fail where a heartbeat is not answered', () => {
    expect(heartbeatStep({ error: new Error('late') })).toMatchObject({ outcome: 'failed' });
  });
});
