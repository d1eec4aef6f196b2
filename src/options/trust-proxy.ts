import proxyAddr from 'proxy-addr';

/**
 * Which proxies are believed, as Express has it: how many stand before this server, or their addresses,
 * networks (`'10.0.0.0/8'`) and names of networks (`'loopback'`, `'linklocal'`, `'uniquelocal'`).
 */
export type TrustProxy = number | string | readonly string[] | false;

/** Whether the peer at that address is a trusted proxy; `hop` counts from the server, from 0. */
export type ProxyTrust = (address: string, hop: number) => boolean;

export const TRUST_PROXY_EXPECTED =
  "the number of proxies, or their addresses and networks such as '10.0.0.0/8' or 'loopback', as text or in an array";

/** @throws TypeError for what is no address and no network */
export function compileTrust(trustProxy: TrustProxy): ProxyTrust | undefined {
  if (trustProxy === false || trustProxy === 0) return undefined;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  const names = typeof trustProxy === 'string' ? trustProxy.split(',') : trustProxy;
  return proxyAddr.compile(names.map((name) => name.trim()));
}

export function isTrustProxy(value: unknown): boolean {
  if (value === false) return true;
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0;
  const names: unknown = typeof value === 'string' ? value.split(',') : value;
  return Array.isArray(names) && names.length > 0 && areNetworks(names);
}

function areNetworks(names: unknown[]): boolean {
  try {
    return names.every((name) => typeof name === 'string' && compileTrust(name) !== undefined);
  } catch {
    return false;
  }
}
