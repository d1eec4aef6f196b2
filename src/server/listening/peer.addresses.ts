import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import proxyAddr from 'proxy-addr';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { compileTrust, type ProxyTrust } from '../../options/trust-proxy.js';
import { ipOf, plainIp } from '../operations/peer-address.js';

const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/;

/** Who a peer is: behind proxies that are trusted, who they say it is. Nobody else is believed. */
@Injectable()
export class PeerAddresses {
  private readonly trust: ProxyTrust | undefined;

  constructor(@Inject(SOCKETS_OPTIONS) { trustProxy }: ResolvedSocketsOptions) {
    this.trust = compileTrust(trustProxy);
  }

  of(request: IncomingMessage): string {
    const { trust } = this;
    if (!trust) return ipOf(request.socket);
    const claimed = withoutPort(
      proxyAddr(request, (address, hop) => trust(withoutPort(address), hop)),
    );
    return isIP(claimed) ? plainIp(claimed) : ipOf(request.socket);
  }

  /** What the peer asked for: proxies that are trusted may have put their own name in its place. */
  hostOf({ socket, headers }: IncomingMessage): string | undefined {
    const forwarded = headers['x-forwarded-host'];
    if (!forwarded || !this.isProxy(socket)) return headers.host;
    return String(forwarded).split(',')[0]!.trim();
  }

  isProxy(socket: Socket): boolean {
    return this.trust?.(ipOf(socket), 0) ?? false;
  }
}

// Some proxies forward the port too.
function withoutPort(address: string | undefined): string {
  const [, v6, v4] = WITH_PORT.exec(address ?? '') ?? [];
  return v6 ?? v4 ?? address ?? '';
}
