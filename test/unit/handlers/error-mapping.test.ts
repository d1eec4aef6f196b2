import {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { describe, expect, it } from '@jest/globals';
import { mapError } from '../../../src/handlers/error-mapping.js';

describe('mapError', () => {
  it.each([
    [new WsException('no such game'), { code: 'WS_EXCEPTION', message: 'no such game' }],
    [
      new WsException({ code: 'GAME_OVER', message: 'It is over', details: { winner: 'white' } }),
      { code: 'GAME_OVER', message: 'It is over', details: { winner: 'white' } },
    ],
    [new WsException({ message: 'no code' }), { code: 'WS_EXCEPTION', message: 'no code' }],
    [new NotFoundException('No game 7'), { code: 'NOT_FOUND', message: 'No game 7' }],
    [new NotFoundException(), { code: 'NOT_FOUND', message: 'Not Found' }],
    [new ConflictException('Taken'), { code: 'CONFLICT', message: 'Taken' }],
    [new UnauthorizedException('Who?'), { code: 'UNAUTHORIZED', message: 'Who?' }],
    [new ForbiddenException('No'), { code: 'FORBIDDEN', message: 'No' }],
    [new BadRequestException('Bad'), { code: 'BAD_REQUEST', message: 'Bad' }],
    [
      new BadRequestException(['pgn must be a string']),
      { code: 'VALIDATION_FAILED', message: 'Bad Request', details: ['pgn must be a string'] },
    ],
    [
      new HttpException('Enhance your calm', 420),
      { code: 'HTTP_420', message: 'Enhance your calm' },
    ],
    [
      new HttpException({ message: 'Busy', retryAfter: 5 }, 429),
      { code: 'TOO_MANY_REQUESTS', message: 'Busy', details: { retryAfter: 5 } },
    ],
  ])('tells the peer about %p, and counts it as expected', (error, body) => {
    expect(mapError(error)).toEqual({ body, expected: true });
  });

  it.each([
    new Error('password of the database'),
    new TypeError('x is not a function'),
    'a string that was thrown',
    undefined,
    null,
    { code: 'NOT_MEANT', message: 'for the peer' },
  ])('tells the peer nothing about %p, and counts it as unexpected', (error) => {
    expect(mapError(error)).toEqual({
      body: { code: 'INTERNAL', message: 'Internal error' },
      expected: false,
    });
  });

  it('has server errors that were thrown on purpose logged', () => {
    expect(mapError(new InternalServerErrorException('Disk full'))).toMatchObject({
      body: { code: 'INTERNAL_SERVER_ERROR', message: 'Disk full' },
      expected: false,
    });
  });

  it('never lets a stack or a cause travel', () => {
    const error = new NotFoundException('No game 7', { cause: new Error('secret') });
    expect(JSON.stringify(mapError(error).body)).toBe('{"code":"NOT_FOUND","message":"No game 7"}');
  });
});
