import { Injectable, UsePipes, ValidationPipe, type PipeTransform } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { Observable, of } from 'rxjs';
import { z } from 'zod';
import { SocketOperation, SocketPush, SocketResponse } from '../../../src/asyncapi/index.js';
import { ConnectedClient, SkipAuth, SocketHandler } from '../../../src/index.js';

export class GameDto {
  @IsString()
  @MaxLength(5000)
  pgn!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  gameId?: number;
}

export class VerdictDto {
  @ApiProperty({ description: 'Whether every move is legal' })
  valid!: boolean;
}

export class MoveDto {
  @IsString()
  san!: string;
}

const WATCH = z.object({ eco: z.string().regex(/^[A-E]\d\d$/) });

class SchemaPipe implements PipeTransform {
  constructor(readonly schema: z.ZodType) {}

  transform(value: unknown): unknown {
    return this.schema.parse(value);
  }
}

@SocketOperation({
  summary: 'Judges a game',
  description: 'Every move is tried.\n\n- `valid`: all are legal',
  tags: ['games'],
  errors: [{ code: 'TOO_LONG', description: 'Nobody plays that long' }],
  example: { pgn: '1. e4 e5' },
})
@SocketHandler('validateGame')
export class ValidateGameHandler {
  @SocketResponse(VerdictDto)
  @UsePipes(ValidationPipe)
  async server({ pgn }: GameDto): Promise<VerdictDto> {
    return { valid: pgn !== '' };
  }
}

@Injectable()
@SocketPush('announcement', {
  payload: { type: 'object', properties: { msg: { type: 'string' } } },
})
@SocketPush('status', { payload: Boolean, response: VerdictDto })
export class GameMethods {
  @SocketHandler('watchGames')
  watch(@MessageBody(new SchemaPipe(WATCH)) _data: unknown): Observable<unknown> {
    return of(1);
  }

  @SocketHandler('countTo')
  @SocketResponse(Number)
  async *countTo(end: number): AsyncGenerator<number> {
    for (let count = 1; count <= end; count++) yield count;
  }

  @SocketHandler('move')
  @SocketPush('moved', { payload: MoveDto, description: 'A piece was <moved>.', deprecated: true })
  move(@ConnectedSocket() _client: ConnectedClient, @MessageBody('san') san: string): string {
    return san;
  }

  @SkipAuth()
  @SocketHandler('version')
  version(): string {
    return '1.2.0';
  }

  @SocketHandler('anything')
  anything(data: unknown): unknown {
    return data;
  }
}

@WebSocketGateway()
export class GamesGateway {
  @SubscribeMessage('native.event')
  handle(_client: unknown, data: MoveDto): MoveDto {
    return data;
  }
}

/** What an application of every kind of handler and push is made of. */
export const DOCUMENTED = {
  providers: [ValidateGameHandler, GameMethods, GamesGateway],
};
