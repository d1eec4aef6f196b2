import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { SKIP_AUTH, SOCKET_HANDLER } from '../../../src/handlers/handler.constants.js';
import { SkipAuth } from '../../../src/handlers/skip-auth.decorator.js';
import { SocketHandler } from '../../../src/handlers/socket-handler.decorator.js';

function nameOf(target: object): unknown {
  return Reflect.getMetadata(SOCKET_HANDLER, target);
}

function classNamed(name: string): NewableFunction {
  return { [name]: class {} }[name]!;
}

describe('SocketHandler on a class', () => {
  it.each([
    ['ValidateGameHandler', 'validateGame'],
    ['ValidateGame', 'validateGame'],
    ['PGNHandler', 'pGN'],
    ['Handler', 'handler'],
    ['HandlerHandler', 'handler'],
    ['HandlerOfGames', 'handlerOfGames'],
    ['AuthHandler', 'auth'],
  ])('derives from %s the name %s', (className, expected) => {
    const target = classNamed(className);
    SocketHandler()(target as never);
    expect(nameOf(target)).toBe(expected);
  });

  it('takes the name that it is given instead', () => {
    @SocketHandler('scanGames')
    class WhateverHandler {}
    expect(nameOf(WhateverHandler)).toBe('scanGames');
  });

  it('makes the class injectable, so that its dependencies are known', () => {
    class Book {}
    @SocketHandler()
    class OpeningHandler {
      constructor(readonly book: Book) {}
    }
    expect(Reflect.getMetadata('__injectable__', OpeningHandler)).toBe(true);
    expect(Reflect.getMetadata('design:paramtypes', OpeningHandler)).toEqual([Book]);
  });
});

describe('SocketHandler on a method', () => {
  class Games {
    @SocketHandler('validateGame')
    validate() {
      return 'validated';
    }

    @SocketHandler()
    listGames() {
      return [];
    }
  }

  it('marks the method, by the given name or by its own', () => {
    expect(nameOf(Games.prototype.validate)).toBe('validateGame');
    expect(nameOf(Games.prototype.listGames)).toBe('listGames');
  });

  it('leaves the class and the method as they are', () => {
    expect(nameOf(Games)).toBeUndefined();
    expect(new Games().validate()).toBe('validated');
  });
});

describe('SkipAuth', () => {
  it('marks a class or a method', () => {
    @SkipAuth()
    class Open {}
    class Mixed {
      @SkipAuth()
      open() {
        return 1;
      }
    }
    expect(Reflect.getMetadata(SKIP_AUTH, Open)).toBe(true);
    expect(Reflect.getMetadata(SKIP_AUTH, Mixed.prototype.open)).toBe(true);
    expect(Reflect.getMetadata(SKIP_AUTH, Mixed)).toBeUndefined();
  });
});
