import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SKIP_AUTH } from './handler.constants.js';

/** The part of a client that the guard looks at. */
interface Authenticatable {
  readonly authenticated: boolean;
}

/**
 * Lets authenticated clients through, and others only to handlers marked `@SkipAuth()`.
 *
 * The framework asks `admits` for every message, before Nest's own guards; whoever is not admitted is
 * closed with 4401 (PROTOCOL.md R5.4). As a Nest guard it does the same for an `ExecutionContext`.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** Whether the client may reach the handler; undefined is one that does not exist. */
  admits(client: Authenticatable, handler: { readonly skipAuth: boolean } | undefined): boolean {
    return client.authenticated || handler?.skipAuth === true;
  }

  /** The same, asked by Nest. */
  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const skipAuth = this.reflector.getAllAndOverride<boolean>(SKIP_AUTH, targets) ?? false;
    return this.admits(context.switchToWs().getClient<Authenticatable>(), { skipAuth });
  }
}
