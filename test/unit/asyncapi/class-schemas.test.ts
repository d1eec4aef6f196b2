import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import * as is from 'class-validator';
import { SchemaRegistry } from '../../../src/asyncapi/schemas/schema.registry.js';
import type { DescribedClass } from '../../../src/asyncapi/index.js';

enum Colour {
  White = 'white',
  Black = 'black',
}

function schemasOf(type: DescribedClass) {
  const registry = new SchemaRegistry();
  const reference = registry.resolve(type, 'unused');
  return { reference, components: registry.components };
}

function propertiesOf(type: DescribedClass): unknown {
  return schemasOf(type).components[type.name]!.properties;
}

describe('A class with decorators of class-validator', () => {
  it('has its types, bounds, lengths and patterns in JSON Schema', () => {
    class MoveDto {
      @is.IsString()
      @is.Length(2, 5)
      @is.Matches(/^[a-h][1-8]/)
      san!: string;

      @is.Min(1)
      @is.Max(500)
      @is.IsInt()
      ply!: number;

      @is.IsNumber()
      @is.IsPositive()
      seconds!: number;

      @is.IsBoolean()
      check!: boolean;

      @is.IsDate()
      at!: Date;

      @is.IsNotEmpty()
      @is.MinLength(3)
      title!: string;

      @is.IsEmail()
      email!: string;

      @is.IsIP(4)
      ip!: string;
    }
    expect(propertiesOf(MoveDto)).toEqual({
      san: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-h][1-8]' },
      ply: { type: 'integer', minimum: 1, maximum: 500 },
      seconds: { type: 'number', exclusiveMinimum: 0 },
      check: { type: 'boolean' },
      at: { type: 'string', format: 'date-time' },
      title: { type: 'string', minLength: 3 },
      email: { type: 'string', format: 'email' },
      ip: { type: 'string', format: 'ipv4' },
    });
  });

  it('has enumerations and constants', () => {
    class PieceDto {
      @is.IsEnum(Colour)
      colour!: Colour;

      @is.IsIn(['king', 'pawn'])
      kind!: string;

      @is.Equals(1)
      version!: number;
    }
    expect(propertiesOf(PieceDto)).toEqual({
      colour: { type: 'string', enum: ['white', 'black'] },
      kind: { type: 'string', enum: ['king', 'pawn'] },
      version: { type: 'number', const: 1 },
    });
  });

  it('has arrays with what each item is, nested classes, and those of @Type()', () => {
    class PlayerDto {
      @is.IsString()
      name!: string;
    }
    class GameDto {
      @is.ArrayMinSize(1)
      @is.IsString({ each: true })
      @is.MaxLength(9, { each: true })
      moves!: string[];

      @is.ValidateNested()
      white!: PlayerDto;

      @is.ValidateNested({ each: true })
      @Type(() => PlayerDto)
      watchers!: PlayerDto[];

      @is.IsArray()
      notes!: unknown[];
    }
    const player = { $ref: '#/components/schemas/PlayerDto' };
    expect(propertiesOf(GameDto)).toEqual({
      moves: { type: 'array', minItems: 1, items: { type: 'string', maxLength: 9 } },
      white: player,
      watchers: { type: 'array', items: player },
      notes: { type: 'array', items: {} },
    });
  });

  it('requires what is neither @IsOptional() nor @ValidateIf()', () => {
    class Dto {
      @is.IsString()
      must!: string;

      @is.IsOptional()
      @is.IsString()
      may?: string;

      @is.ValidateIf(() => true)
      @is.IsString()
      depends?: string;

      @is.Allow()
      anything!: unknown;
    }
    expect(schemasOf(Dto).components.Dto).toMatchObject({ required: ['must', 'anything'] });
  });

  it('has what it inherits', () => {
    class Base {
      @is.IsInt()
      id!: number;
    }
    class Derived extends Base {
      @is.IsString()
      name!: string;
    }
    expect(propertiesOf(Derived)).toEqual({ id: { type: 'integer' }, name: { type: 'string' } });
  });

  it('may hold itself', () => {
    class Tree {
      @is.ValidateNested({ each: true })
      @Type(() => Tree)
      children!: Tree[];
    }
    const reference = { $ref: '#/components/schemas/Tree' };
    expect(schemasOf(Tree)).toMatchObject({
      reference,
      components: { Tree: { properties: { children: { items: reference } } } },
    });
  });

  it('is not more exact than a decorator of the application allows', () => {
    class Dto {
      @is.Validate(
        class IsEven implements is.ValidatorConstraintInterface {
          validate = (value: unknown) => Number(value) % 2 === 0;
        },
      )
      even!: number;
    }
    expect(propertiesOf(Dto)).toEqual({ even: { type: 'number' } });
  });
});

describe('A class with decorators of @nestjs/swagger', () => {
  class PlayerDto {
    @ApiProperty()
    name!: string;
  }

  it('has what they say', () => {
    @ApiSchema({ description: 'A game.' })
    class GameDto {
      @ApiProperty({ description: 'All moves', minLength: 2, example: '1. e4' })
      pgn!: string;

      @ApiProperty({ type: 'integer', minimum: 0, exclusiveMinimum: true })
      plies!: number;

      @ApiProperty({ enum: Colour, enumName: 'Colour' })
      winner!: Colour;

      @ApiProperty({ enum: Colour, isArray: true })
      asked!: Colour[];

      @ApiPropertyOptional({ nullable: true, type: String })
      eco?: string | null;

      @ApiProperty({ type: [String] })
      tags!: string[];
    }
    expect(schemasOf(GameDto).components.GameDto).toEqual({
      type: 'object',
      description: 'A game.',
      properties: {
        pgn: { type: 'string', description: 'All moves', minLength: 2, examples: ['1. e4'] },
        plies: { type: 'integer', exclusiveMinimum: 0 },
        winner: { type: 'string', enum: ['white', 'black'] },
        asked: { type: 'array', items: { type: 'string', enum: ['white', 'black'] } },
        eco: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        tags: { type: 'array', items: { type: 'string' } },
      },
      required: ['pgn', 'plies', 'winner', 'asked', 'tags'],
    });
  });

  it('has the classes of its properties, by name, as lazy ones, in arrays', () => {
    class GameDto {
      @ApiProperty()
      white!: PlayerDto;

      @ApiProperty({ type: () => PlayerDto, description: 'Who has the black pieces' })
      black!: PlayerDto;

      @ApiProperty({ type: [PlayerDto] })
      watchers!: PlayerDto[];
    }
    const player = { $ref: '#/components/schemas/PlayerDto' };
    expect(propertiesOf(GameDto)).toEqual({
      white: player,
      black: { allOf: [player], description: 'Who has the black pieces' },
      watchers: { type: 'array', items: player },
    });
  });

  it('has what its plugin for the compiler found', () => {
    class GameDto {
      static _OPENAPI_METADATA_FACTORY() {
        return {
          pgn: { required: true, type: () => String, description: 'All moves' },
          player: { required: false, type: () => PlayerDto },
        };
      }
    }
    expect(schemasOf(GameDto).components.GameDto).toMatchObject({
      properties: {
        pgn: { type: 'string', description: 'All moves' },
        player: { $ref: '#/components/schemas/PlayerDto' },
      },
      required: ['pgn'],
    });
  });

  it('adds to what class-validator says, and counts where they differ', () => {
    class GameDto {
      @ApiProperty({ description: 'All moves', maxLength: 10 })
      @is.IsString()
      @is.MinLength(2)
      @is.MaxLength(5000)
      pgn!: string;

      @ApiPropertyOptional()
      @is.IsInt()
      plies!: number;

      @is.IsString()
      eco!: string;
    }
    expect(schemasOf(GameDto).components.GameDto).toEqual({
      type: 'object',
      properties: {
        pgn: { type: 'string', description: 'All moves', minLength: 2, maxLength: 10 },
        plies: { type: 'integer' },
        eco: { type: 'string' },
      },
      required: ['pgn', 'eco'],
    });
  });
});

describe('Classes', () => {
  it('of one name have places of their own', () => {
    const registry = new SchemaRegistry();
    const [first, second] = [1, 2].map(() => class Dto {});
    expect(registry.resolve(first, '')).toEqual({ $ref: '#/components/schemas/Dto' });
    expect(registry.resolve(second, '')).toEqual({ $ref: '#/components/schemas/Dto2' });
    expect(registry.resolve(first, '')).toEqual({ $ref: '#/components/schemas/Dto' });
  });

  it('of the language are what they are in JSON, or anything', () => {
    const registry = new SchemaRegistry();
    const schemas = [String, Number, Boolean, Date, Object, Promise].map((type) =>
      registry.resolve(type as DescribedClass, ''),
    );
    expect(schemas).toEqual([
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'string', format: 'date-time' },
      {},
      {},
    ]);
    expect(registry.resolve(Buffer, '')).toMatchObject({ type: 'string', format: 'binary' });
    expect(registry.components).toEqual({});
  });
});
