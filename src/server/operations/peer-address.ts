import type { Socket } from 'node:net';

const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** The address at the other end of a TCP connection. */
export function ipOf({ remoteAddress = 'unknown' }: Socket): string {
  return plainIp(remoteAddress);
}

/** An IPv4 address is written as one where it came in over IPv6. */
export function plainIp(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/**
 * What counts as one address in a limit: an IPv4 address itself, of an IPv6 address the first 64
 * bits, since whoever has one usually has all that share them.
 */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [front = [], back = []] = ip.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(Math.max(0, GROUPS - front.length - back.length)).fill('0');
  const network = [...front, ...zeros, ...back].slice(0, NETWORK_GROUPS);
  return `${network.join(':')}::/64`;
}
