import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ipOf, networkOf } from '../../../../src/server/operations/peer-address.js';

describe('The address of a peer', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    [undefined, 'unknown'],
  ])('of a socket with %s is %s', (remoteAddress, ip) => {
    expect(ipOf({ remoteAddress } as Socket)).toBe(ip);
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1:2:3:4%eth0', 'fe80:0:0:0::/64'],
    ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
  ])('%s counts as %s in the limits', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});
