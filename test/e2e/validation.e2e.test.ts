import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as nestCommon from '@nestjs/common';
import { Injectable, UsePipes, ValidationPipe, type PipeTransform } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Type as TransformTo } from 'class-transformer';
import { IsInt, IsString, MinLength, ValidateNested } from 'class-validator';
import { z } from 'zod';
import { SocketHandler, type RemoteError } from '../../src/index.js';
import { closeApps, startApp } from '../fixtures/enhancers/test-app.js';

class PlayerDto {
  @IsString()
  name!: string;
}

class GameDto {
  @MinLength(2)
  pgn!: string;

  @IsInt()
  plies!: number;

  @ValidateNested()
  @TransformTo(() => PlayerDto)
  white!: PlayerDto;
}

const GOOD = { pgn: '1. e4', plies: 1, white: { name: 'Ada' } };
const BAD = { pgn: '', plies: 'one', white: { name: 7 } };
const COMPLAINTS = [
  'pgn must be longer than or equal to 2 characters',
  'plies must be an integer number',
  'white.name must be a string',
];

@SocketHandler('class')
class GameHandler {
  server(@MessageBody() game: GameDto): object {
    return { isDto: game instanceof GameDto, pgn: game.pgn };
  }
}

@Injectable()
class GameMethods {
  @SocketHandler('method')
  handle(game: GameDto): object {
    return { isDto: game instanceof GameDto, pgn: game.pgn };
  }
}

@WebSocketGateway()
class GameGateway {
  @SubscribeMessage('gateway')
  handle(@MessageBody() game: GameDto): object {
    return { isDto: game instanceof GameDto, pgn: game.pgn };
  }
}

@Injectable()
class ParameterPipes {
  @SocketHandler('parameter')
  parameter(@MessageBody(new ValidationPipe({ transform: true })) game: GameDto): object {
    return { isDto: game instanceof GameDto, pgn: game.pgn };
  }

  @UsePipes(new ValidationPipe({ transform: true }))
  @SocketHandler('decorated')
  decorated(game: GameDto): object {
    return { isDto: game instanceof GameDto, pgn: game.pgn };
  }

  @SocketHandler('nested')
  nested(@MessageBody('white', new ValidationPipe()) white: PlayerDto): object {
    return white;
  }
}

const providers = [GameHandler, GameMethods, GameGateway, ParameterPipes];

async function failureOf(asked: Promise<unknown>): Promise<Partial<RemoteError>> {
  const { name, code, message, details } = await asked.then(
    () => Promise.reject(new Error('It was accepted')),
    (error: RemoteError) => error,
  );
  return { name, code, message, details };
}

const VALIDATION_FAILURE = {
  name: 'RemoteError',
  code: 'VALIDATION_FAILED',
  message: 'Bad Request',
  details: COMPLAINTS,
};

afterEach(closeApps);

describe('ValidationPipe', () => {
  it.each(['class', 'method', 'gateway'])('of the app validates the data of a %s', async (name) => {
    const sockets = await startApp({
      providers: [
        ...providers,
        { provide: APP_PIPE, useValue: new ValidationPipe({ transform: true }) },
      ],
    });
    const client = await sockets.connect();
    expect(await client.request(name, GOOD)).toEqual({ isDto: true, pgn: '1. e4' });
    expect(await failureOf(client.request(name, BAD))).toEqual(VALIDATION_FAILURE);
    expect(await failureOf(client.request(name))).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it.each(['parameter', 'decorated'])('on the %s validates it', async (name) => {
    const sockets = await startApp({ providers });
    const client = await sockets.connect();
    expect(await client.request(name, GOOD)).toEqual({ isDto: true, pgn: '1. e4' });
    expect(await failureOf(client.request(name, BAD))).toEqual(VALIDATION_FAILURE);
    expect(await failureOf(client.request(name))).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('validates one property of the data', async () => {
    const sockets = await startApp({ providers });
    const client = await sockets.connect();
    expect(await client.request('nested', GOOD)).toEqual({ name: 'Ada' });
    expect(await failureOf(client.request('nested', BAD))).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: ['name must be a string'],
    });
  });

  it('removes what the DTO does not know, when asked to', async () => {
    const sockets = await startApp({
      providers,
      configure: (app) =>
        app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })),
    });
    const client = await sockets.connect();
    const asked = client.request('class', { ...GOOD, extra: 1 });
    expect(await failureOf(asked)).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: ['property extra should not exist'],
    });
  });
});

// Nest has it from version 12 on.
const { StandardSchemaValidationPipe } = nestCommon as {
  StandardSchemaValidationPipe?: new () => PipeTransform;
};
const describeOnNest12 = StandardSchemaValidationPipe ? describe : describe.skip;

const GameSchema = z.object({
  pgn: z.string().min(2),
  plies: z.coerce.number().int(),
  white: z.object({ name: z.string() }),
});

const SchemaBody = MessageBody as (options: { schema: unknown }) => ParameterDecorator;

@SocketHandler('schema')
class SchemaHandler {
  server(@SchemaBody({ schema: GameSchema }) game: z.infer<typeof GameSchema>): object {
    return game;
  }
}

@WebSocketGateway()
class SchemaGateway {
  @SubscribeMessage('schema.gateway')
  handle(@SchemaBody({ schema: GameSchema }) game: z.infer<typeof GameSchema>): object {
    return game;
  }
}

describeOnNest12('StandardSchemaValidationPipe, with a zod schema', () => {
  it.each(['schema', 'schema.gateway'])('validates and transforms the data of %s', async (name) => {
    const sockets = await startApp({
      providers: [SchemaHandler, SchemaGateway],
      configure: (app) => app.useGlobalPipes(new StandardSchemaValidationPipe!()),
    });
    const client = await sockets.connect();
    expect(await client.request(name, { ...GOOD, plies: '12' })).toEqual({ ...GOOD, plies: 12 });
    expect(await failureOf(client.request(name, { ...BAD, plies: 1 }))).toEqual({
      ...VALIDATION_FAILURE,
      details: [
        expect.stringMatching(/^pgn: Too small/),
        expect.stringMatching(/^white\.name: Invalid input/),
      ],
    });
  });
});
