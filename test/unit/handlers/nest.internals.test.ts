import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ExternalContextCreator, ModuleRef } from '@nestjs/core';
import { NestInternals } from '../../../src/handlers/nest.internals.js';

const method = () => undefined;

/** A Nest that has all the private parts that there are in the real ones. */
function nest() {
  return {
    contexts: {
      transformToResult: method as unknown,
      interceptorsConsumer: { intercept: method } as object | undefined,
      filtersContextCreator: { create: method } as object | undefined,
    },
    moduleRef: { injector: { loadInjectable: method } as object | undefined },
  };
}

function make({ contexts, moduleRef }: ReturnType<typeof nest>): NestInternals {
  return new NestInternals(
    contexts as unknown as ExternalContextCreator,
    moduleRef as unknown as ModuleRef,
  );
}

describe('The private parts of Nest', () => {
  it('are enough when all are there', () => {
    expect(() => make(nest())).not.toThrow();
  });

  it.each<[string, (of: ReturnType<typeof nest>) => void]>([
    ['ExternalContextCreator.transformToResult()', (of) => (of.contexts.transformToResult = 1)],
    ['interceptorsConsumer.intercept()', (of) => (of.contexts.interceptorsConsumer = undefined)],
    ['filtersContextCreator.create()', (of) => (of.contexts.filtersContextCreator = {})],
    ['injector.loadInjectable()', (of) => (of.moduleRef.injector = undefined)],
  ])('stop the startup where %s is missing, and name it and the versions', (name, remove) => {
    const of = nest();
    remove(of);
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      peerDependencies: Record<string, string>;
    };
    const error = expect.objectContaining({ code: 'UNSUPPORTED_VERSION' });
    expect(() => make(of)).toThrow(error);
    expect(() => make(of)).toThrow(name);
    expect(() => make(of)).toThrow(`${manifest.peerDependencies['@nestjs/core']}`);
  });
});
