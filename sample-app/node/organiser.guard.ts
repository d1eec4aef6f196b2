import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { ConnectedClient } from '../../src/index.js';

/** Lets through what the organiser asks for, and nobody else. */
@Injectable()
export class OrganiserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToWs().getClient<ConnectedClient>().meta.role === 'organiser';
  }
}
