import { once } from 'node:events';
import { connect } from 'node:net';
import { Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { ConnectionGuard, SocketsOptions, UpgradeRequest } from '../../src/index.js';
import type { SocketsTestApp } from '../../src/testing/index.js';
import { connectRaw, useApps } from '../fixtures/apps.js';
import { useLog } from '../fixtures/log.js';
import { askForUpgrade } from '../fixtures/upgrade.js';

const startApp = useApps();
const log = useLog();

const PROXY = '127.0.0.1';
const CLIENT = '192.0.2.1';

/** The `ip` of a client whose upgrade request says that in X-Forwarded-For. */
async function ipOf(options: SocketsOptions, forwardedFor?: string): Promise<string> {
  const app = await startApp({ options });
  const connected = firstValueFrom(app.server.connected$);
  const headers: Record<string, string> = forwardedFor ? { 'X-Forwarded-For': forwardedFor } : {};
  await connectRaw(app, { headers });
  return (await connected).ip;
}

describe('the ip of a client behind a proxy', () => {
  it.each<[SocketsOptions['trustProxy'], string | undefined, string]>([
    [1, CLIENT, CLIENT],
    [1, `203.0.113.9, ${CLIENT}`, CLIENT],
    [2, `203.0.113.9, ${CLIENT}`, '203.0.113.9'],
    [PROXY, CLIENT, CLIENT],
    ['127.0.0.0/8', `spoofed, ${CLIENT}`, CLIENT],
    [['loopback', CLIENT], `203.0.113.9, ${CLIENT}`, '203.0.113.9'],
    ['loopback, 10.0.0.0/8', `${CLIENT}, 10.1.2.3`, CLIENT],
    [1, `${CLIENT}:54321`, CLIENT],
    [1, '[2001:db8::1]:443', '2001:db8::1'],
    [1, `::ffff:${CLIENT}`, CLIENT],
  ])('with trustProxy %j and X-Forwarded-For %j is %s', async (trustProxy, header, ip) => {
    expect(await ipOf({ trustProxy }, header)).toBe(ip);
  });

  it.each<[SocketsOptions['trustProxy'], string | undefined]>([
    [undefined, CLIENT],
    [false, CLIENT],
    [0, CLIENT],
    ['10.0.0.0/8', CLIENT],
    [1, undefined],
    [1, 'no address "at all"'],
  ])(
    'with trustProxy %j and X-Forwarded-For %j is that of its connection',
    async (trust, header) => {
      expect(await ipOf(trust === undefined ? {} : { trustProxy: trust }, header)).toBe(PROXY);
    },
  );
});

describe('the limits of an address, behind a trusted proxy', () => {
  const limited = { trustProxy: 1, maxConnectionsPerIp: 1 } as const;
  const from = (ip: string) => ({ 'X-Forwarded-For': ip });

  it('count each client of the proxy for itself, and the log names it', async () => {
    const app = await startApp({ options: limited });
    await connectRaw(app, { headers: from(CLIENT) });
    await connectRaw(app, { headers: from('192.0.2.2') });
    expect((await askForUpgrade(app.port, from(CLIENT))).status).toBe(429);
    expect(log.matching(new RegExp(`limit=maxConnectionsPerIp ip="${CLIENT}"`))).toHaveLength(1);
  });

  it('do not believe a peer that is no trusted proxy', async () => {
    const app = await startApp({ options: { ...limited, trustProxy: '10.0.0.0/8' } });
    await connectRaw(app, { headers: from(CLIENT) });
    expect((await askForUpgrade(app.port, from('192.0.2.2'))).status).toBe(429);
  });

  it('count failed authentications by client', async () => {
    const options = { trustProxy: 1, maxAuthFailuresPerMinute: 1 };
    const app = await startApp({ options });
    const guess = async (ip: string) => {
      const peer = await connectRaw(app, { headers: from(ip) });
      return peer.authenticate('a key that is not the one').catch(({ code }) => code as number);
    };
    expect(await guess(CLIENT)).toBe(4401);
    expect(await guess('192.0.2.2')).toBe(4401);
    expect(app.server.stats().refused).toEqual({ authRefused: 2 });
  });

  it('do not cut the silent connections of the proxy, which all clients share', async () => {
    const options = { trustProxy: PROXY, maxUnauthenticatedConnectionsPerIp: 1 };
    const app = await startApp({ options });
    const silent = Array.from({ length: 15 }, () => connect(app.port, PROXY));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    await connectRaw(app, { headers: from(CLIENT) });
    expect(silent.filter((socket) => socket.closed)).toEqual([]);
    for (const socket of silent) socket.destroy();
  });
});

describe('the connection guard behind a trusted proxy', () => {
  @Injectable()
  class Guard implements ConnectionGuard {
    readonly seen: string[] = [];

    canConnect({ ip }: UpgradeRequest): boolean {
      this.seen.push(ip);
      return true;
    }
  }

  it('sees the ip of the client', async () => {
    const options = { trustProxy: 1, connectionGuard: Guard };
    const app = await startApp({ providers: [Guard], options });
    await connectRaw(app, { headers: { 'X-Forwarded-For': CLIENT } });
    expect(app.app.get(Guard).seen).toEqual([CLIENT]);
  });
});

describe('the Origin', () => {
  async function statusFor(headers: Record<string, string>, options: SocketsOptions = {}) {
    const app: SocketsTestApp = await startApp({ options });
    return (await askForUpgrade(app.port, headers)).status;
  }

  it.each([
    ['example.com:443', 'https://example.com', 101],
    ['example.com', 'https://example.com:443', 101],
    ['example.com:80', 'http://example.com', 101],
    ['EXAMPLE.com', 'https://example.com', 101],
    ['example.com:8443', 'https://example.com', 403],
    ['example.com:80', 'https://example.com', 403],
    ['example.com@evil.example', 'https://example.com', 403],
  ])('Host %s and Origin %s: %d', async (Host, Origin, status) => {
    expect(await statusFor({ Host, Origin })).toBe(status);
  });

  it('is compared with the X-Forwarded-Host of a trusted proxy, and of nobody else', async () => {
    const headers = {
      Host: 'internal:2667',
      Origin: 'https://example.com',
      'X-Forwarded-Host': 'example.com',
    };
    expect(await statusFor(headers, { trustProxy: 'loopback' })).toBe(101);
    expect(await statusFor(headers)).toBe(403);
  });
});
