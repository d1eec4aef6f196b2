import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { GATEWAY_METADATA } from '@nestjs/websockets/constants.js';
import { typeOf, type InstanceWrapper } from '../../handlers/handlers.explorer.js';
import { HookRunner } from '../connection/hook-runner.js';

const HOOKS = ['afterInit', 'handleConnection', 'handleDisconnect'];

type Hook = (...args: unknown[]) => unknown;
type Host = Record<string, Hook | undefined>;

/** Also those of other applications in this process, which may share a prototype. */
const contained = new WeakSet<Hook>();

/**
 * Contains what gateways do when clients come and go. Nest calls their hooks without awaiting them, so
 * that an error in one would end the process, and a client could be gone before it was there.
 */
@Injectable()
export class GatewayHooks {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly hooks: HookRunner,
  ) {}

  /** To be called before Nest binds the hooks. */
  contain(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const type = typeOf(wrapper);
      if (type && Reflect.hasMetadata(GATEWAY_METADATA, type)) this.containOf(wrapper, type.name);
    }
  }

  private containOf(wrapper: InstanceWrapper, typeName: string): void {
    // A gateway that is made for each request has only its prototype by now.
    const host = (
      wrapper.isDependencyTreeStatic() ? wrapper.instance : typeOf(wrapper)!.prototype
    ) as Host;
    // For one client they run in order.
    const underWay = new WeakMap<object, Promise<void>>();
    for (const name of HOOKS) {
      const hook = host[name];
      if (typeof hook !== 'function' || contained.has(hook)) continue;
      const value = this.wrap(hook, `${typeName}.${name}()`, underWay);
      contained.add(value);
      Object.defineProperty(host, name, { value, configurable: true, writable: true });
    }
  }

  private wrap(hook: Hook, name: string, underWay: WeakMap<object, Promise<void>>): Hook {
    const { hooks } = this;
    return function (this: unknown, ...args: unknown[]) {
      const [client] = args as [object];
      const before = underWay.get(client);
      const run = () => hooks.run(name, () => hook.apply(this, args));
      const running = before ? before.then(run) : run();
      underWay.set(client, running);
      return running;
    };
  }
}
