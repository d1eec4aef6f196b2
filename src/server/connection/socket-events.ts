import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { typeOf, type InstanceWrapper } from '../../handlers/handlers.explorer.js';
import { Subject, type Observable } from 'rxjs';
import type { ConnectedClient } from './connected-client.js';
import { ContainedObservable } from './contained-observable.js';
import { HookRunner } from './hook-runner.js';

/** A client that went, and the close code and reason of its connection. */
export interface SocketDisconnect {
  /** Whom nothing can be sent to any more. */
  client: ConnectedClient;
  /** PROTOCOL.md, section 7; 1006 where no close frame came. */
  code: number;
  /** What the close frame said, or an empty text. */
  reason: string;
  /**
   * Whether the client itself said so, sealed; a close frame alone may come from anybody on the way.
   * Version 1 has nothing to tell it by: false.
   */
  clean: boolean;
}

/**
 * Implemented by any provider that wants to act when a client has authenticated. It is awaited: the
 * client's messages wait until every hook is done. An error is logged and stops nobody else.
 */
export interface OnSocketAuthenticated {
  /** Called for each client, before any of its messages is handled. */
  onSocketAuthenticated(client: ConnectedClient): void | Promise<void>;
}

/**
 * Implemented by any provider that wants to act when an authenticated client is gone. It is awaited
 * at shutdown. An error is logged and stops nobody else.
 */
export interface OnSocketDisconnect {
  /** Called for each client, once what was called when it came is done. */
  onSocketDisconnect(disconnect: SocketDisconnect): void | Promise<void>;
}

/** A provider's hook, and what it is called in the log. */
interface NamedHook<Hook> {
  readonly name: string;
  readonly instance: Hook;
}

/** Tells the application what happens to its clients: observables, and hooks of its providers. */
@Injectable()
export class SocketEvents {
  readonly connected$: Observable<ConnectedClient>;
  readonly authenticated$: Observable<ConnectedClient>;
  readonly disconnected$: Observable<SocketDisconnect>;
  private readonly connections = new Subject<ConnectedClient>();
  private readonly authentications = new Subject<ConnectedClient>();
  private readonly disconnects = new Subject<SocketDisconnect>();
  /** For one client the hooks run in order: the last ones that began. */
  private readonly underWay = new Map<ConnectedClient, Promise<void>>();
  private onAuthenticated: NamedHook<OnSocketAuthenticated>[] = [];
  private onDisconnect: NamedHook<OnSocketDisconnect>[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly hooks: HookRunner,
  ) {
    this.connected$ = this.contained('connected$', this.connections);
    this.authenticated$ = this.contained('authenticated$', this.authentications);
    this.disconnected$ = this.contained('disconnected$', this.disconnects);
  }

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
    this.emit(this.connections, client);
  }

  async authenticated(client: ConnectedClient): Promise<void> {
    this.emit(this.authentications, client);
    if (this.onAuthenticated.length === 0) return;
    await this.runAll(client, this.onAuthenticated, (hook) => hook.onSocketAuthenticated(client));
  }

  disconnected(disconnect: SocketDisconnect): void {
    const { client } = disconnect;
    this.emit(this.disconnects, disconnect);
    if (this.onDisconnect.length === 0 || !client.authenticated) return;
    void this.runAll(client, this.onDisconnect, (hook) => hook.onSocketDisconnect(disconnect));
  }

  /** Of how many clients hooks are running. */
  get hooksUnderWay(): number {
    return this.underWay.size;
  }

  /** Resolves when the hooks that run now are done. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay.values());
  }

  complete(): void {
    this.connections.complete();
    this.authentications.complete();
    this.disconnects.complete();
  }

  private async runAll<Hook>(
    client: ConnectedClient,
    hooks: readonly NamedHook<Hook>[],
    call: (hook: Hook) => unknown,
  ): Promise<void> {
    const before = this.underWay.get(client);
    const run = (async () => {
      await before;
      await Promise.all(
        hooks.map(({ name, instance }) => this.hooks.run(name, () => call(instance))),
      );
    })();
    this.underWay.set(client, run);
    await run;
    if (this.underWay.get(client) === run) this.underWay.delete(client);
  }

  // A subscriber that rxjs does not make, an operator's for example, may throw right here.
  private emit<T>(events: Subject<T>, event: T): void {
    try {
      events.next(event);
    } catch (error) {
      this.hooks.report('A subscriber', error);
    }
  }

  private contained<T>(name: string, source: Observable<T>): Observable<T> {
    return new ContainedObservable(source, (error) =>
      this.hooks.report(`A subscriber of ${name}`, error),
    );
  }
}

/** The instances whose class has the method. Instances may be proxies, which are left alone here. */
function implementing<Hook>(wrappers: InstanceWrapper[], method: keyof Hook): NamedHook<Hook>[] {
  const found = new Map<Hook, NamedHook<Hook>>();
  for (const wrapper of wrappers) {
    const type = typeOf(wrapper);
    const prototype = type?.prototype as Partial<Hook> | undefined;
    if (typeof prototype?.[method] !== 'function') continue;
    const instance = wrapper.instance as Hook;
    found.set(instance, { name: `${type!.name}.${String(method)}()`, instance });
  }
  return [...found.values()];
}
