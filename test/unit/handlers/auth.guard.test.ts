import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { describe, expect, it } from '@jest/globals';
import { AuthGuard } from '../../../src/handlers/auth.guard.js';
import { SkipAuth } from '../../../src/handlers/skip-auth.decorator.js';

class Games {
  closed() {
    return 1;
  }

  @SkipAuth()
  open() {
    return 2;
  }
}

@SkipAuth()
class OpenGames {
  any() {
    return 3;
  }
}

const guard = new AuthGuard(new Reflector());

function contextOf(
  authenticated: boolean,
  type: typeof Games | typeof OpenGames,
  method: () => unknown,
) {
  const context = new ExecutionContextHost([{ authenticated }, {}], type, method);
  context.setType('ws');
  return context;
}

describe('AuthGuard', () => {
  it('lets authenticated clients through to every handler', () => {
    expect(guard.admits({ authenticated: true }, { skipAuth: false })).toBe(true);
    expect(guard.admits({ authenticated: true }, undefined)).toBe(true);
    expect(guard.canActivate(contextOf(true, Games, Games.prototype.closed))).toBe(true);
  });

  it('lets others through to what is marked @SkipAuth() alone', () => {
    expect(guard.admits({ authenticated: false }, { skipAuth: true })).toBe(true);
    expect(guard.admits({ authenticated: false }, { skipAuth: false })).toBe(false);
    expect(guard.admits({ authenticated: false }, undefined)).toBe(false);
  });

  it('reads @SkipAuth() off the method and off the class, as a Nest guard', () => {
    expect(guard.canActivate(contextOf(false, Games, Games.prototype.open))).toBe(true);
    expect(guard.canActivate(contextOf(false, OpenGames, OpenGames.prototype.any))).toBe(true);
    expect(guard.canActivate(contextOf(false, Games, Games.prototype.closed))).toBe(false);
  });
});
