import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SchemaRegistry } from '../../../src/asyncapi/schemas/schema.registry.js';

const registry = () => new SchemaRegistry();

describe('A Standard Schema', () => {
  const game = z.object({ pgn: z.string().min(2), plies: z.int().optional() });

  it('of zod is what it takes in, where it is used', () => {
    const schemas = registry();
    const expected = { type: 'object', required: ['pgn'], properties: { pgn: { minLength: 2 } } };
    expect(schemas.resolve(game, 'game')).toMatchObject(expected);
    expect(schemas.resolve(game, 'game')).not.toHaveProperty('$schema');
    expect(schemas.components).toEqual({});
  });

  it('that a class holds describes the class', () => {
    class GameDto {
      static readonly schema = game;
    }
    const schemas = registry();
    expect(schemas.resolve(GameDto, '')).toEqual({ $ref: '#/components/schemas/GameDto' });
    expect(schemas.components.GameDto).toMatchObject({ type: 'object', required: ['pgn'] });
  });

  it('that points at itself has a place of its own', () => {
    const tree = z.object({
      get children() {
        return z.array(tree);
      },
    });
    const schemas = registry();
    const reference = { $ref: '#/components/schemas/watch.data' };
    expect(schemas.resolve(tree, 'watch.data')).toEqual(reference);
    expect(schemas.resolve(tree, 'another')).toEqual(reference);
    const text = JSON.stringify(schemas.components);
    expect(text).toContain('"$ref":"#/components/schemas/watch.data');
    expect(text).not.toContain('"$ref":"#"');
  });

  it('of ArkType or zod 4.0 tells in its own way', () => {
    const standard = { vendor: 'other' };
    const own = { '~standard': standard, toJsonSchema: () => ({ type: 'string' }) };
    const zod = { '~standard': standard, toJSONSchema: () => ({ $schema: 'x', type: 'number' }) };
    expect(registry().resolve(own, '')).toEqual({ type: 'string' });
    expect(registry().resolve(zod, '')).toEqual({ type: 'number' });
  });

  it('that cannot tell is anything', () => {
    const silent = { '~standard': { vendor: 'other' } };
    const failing = {
      ...silent,
      toJsonSchema: () => {
        throw new Error('no words for that');
      },
    };
    expect([silent, failing].map((schema) => registry().resolve(schema, ''))).toEqual([{}, {}]);
    expect(registry().resolve(z.object({ at: z.date() }), '')).toBeInstanceOf(Object);
  });
});

describe('A JSON Schema', () => {
  it('stays as it is', () => {
    const schema = { type: 'object', properties: { eco: { type: 'string' } } };
    expect(registry().resolve(schema, '')).toBe(schema);
  });
});

describe('An array', () => {
  it('has the schema of its items', () => {
    expect(registry().resolve([String], '')).toEqual({ type: 'array', items: { type: 'string' } });
  });
});
