import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { typeOf, type InstanceWrapper } from '../handlers/handlers.explorer.js';
import { Subject } from 'rxjs';
import { BoundedLog } from '../logging/bounded-log.js';
import { traceOf } from '../logging/log-text.js';
import type { ConnectedClient } from './connected-client.js';

/** A client that went, and the close code and reason of its connection. */
export interface SocketDisconnect {
  client: ConnectedClient;
  code: number;
  reason: string;
}

/**
 * Implemented by any provider that wants to act when a client has authenticated. It is awaited: the
 * client's messages wait until every hook is done. An error is logged and stops nobody else.
 */
export interface OnSocketAuthenticated {
  onSocketAuthenticated(client: ConnectedClient): void | Promise<void>;
}

/**
 * Implemented by any provider that wants to act when an authenticated client is gone. It is awaited
 * at shutdown. An error is logged and stops nobody else.
 */
export interface OnSocketDisconnect {
  onSocketDisconnect(disconnect: SocketDisconnect): void | Promise<void>;
}

/** Tells the application what happens to its clients: observables, and hooks of its providers. */
@Injectable()
export class SocketEvents {
  readonly connected$ = new Subject<ConnectedClient>();
  readonly authenticated$ = new Subject<ConnectedClient>();
  readonly disconnected$ = new Subject<SocketDisconnect>();
  private readonly logger = new Logger('SocketEvents');
  private readonly log = new BoundedLog((line) => this.logger.error(line));
  private readonly underWay = new Set<Promise<void>>();
  private onAuthenticated: OnSocketAuthenticated[] = [];
  private onDisconnect: OnSocketDisconnect[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** Finds the hooks among the application's providers. */
  bind(): void {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const candidates = wrappers.filter(
      (wrapper) => !wrapper.isTransient && wrapper.isDependencyTreeStatic(),
    );
    this.onAuthenticated = implementing(candidates, 'onSocketAuthenticated');
    this.onDisconnect = implementing(candidates, 'onSocketDisconnect');
  }

  connected(client: ConnectedClient): void {
    this.connected$.next(client);
  }

  async authenticated(client: ConnectedClient): Promise<void> {
    this.authenticated$.next(client);
    if (this.onAuthenticated.length === 0) return;
    await this.runAll(this.onAuthenticated, (hook) => hook.onSocketAuthenticated(client));
  }

  disconnected(disconnect: SocketDisconnect): void {
    this.disconnected$.next(disconnect);
    if (this.onDisconnect.length === 0 || !disconnect.client.authenticated) return;
    const run = this.runAll(this.onDisconnect, (hook) => hook.onSocketDisconnect(disconnect));
    this.underWay.add(run);
    void run.then(() => this.underWay.delete(run));
  }

  /** Resolves when the disconnect hooks that run now are done. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  complete(): void {
    this.connected$.complete();
    this.authenticated$.complete();
    this.disconnected$.complete();
  }

  private async runAll<T extends object>(hooks: T[], run: (hook: T) => unknown): Promise<void> {
    await Promise.all(
      hooks.map(async (hook) => {
        try {
          await run(hook);
        } catch (error) {
          const { name } = hook.constructor;
          this.log.log(name, () => `A hook of ${name} failed: ${traceOf(error)}`);
        }
      }),
    );
  }
}

/** The instances whose class has the method. Instances may be proxies, which are left alone here. */
function implementing<Hook>(wrappers: InstanceWrapper[], method: keyof Hook): Hook[] {
  const found = wrappers.filter((wrapper) => {
    const prototype = typeOf(wrapper)?.prototype as Partial<Hook> | undefined;
    return typeof prototype?.[method] === 'function';
  });
  return [...new Set(found.map(({ instance }) => instance as Hook))];
}
