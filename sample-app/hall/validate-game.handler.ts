import { UseInterceptors, UsePipes, ValidationPipe } from '@nestjs/common';
import { SocketOperation } from '../../src/asyncapi/index.js';
import { SocketHandler } from '../../src/index.js';
import { Judge } from '../games/judge.service.js';
import type { Verdict } from '../games/verdict.js';
import { VERDICT } from '../messages.schemas.js';
import { GameDto } from './game.dto.js';
import { VerdictInterceptor } from './verdict.interceptor.js';

/** `validateGame`: the work that the whole hall is about. */
@SocketOperation({ summary: 'Judges a game', response: VERDICT, example: { pgn: '1. e4 c5' } })
@SocketHandler('validateGame')
export class ValidateGameHandler {
  constructor(private readonly judge: Judge) {}

  @UsePipes(ValidationPipe)
  @UseInterceptors(VerdictInterceptor)
  server({ pgn }: GameDto): Verdict {
    return this.judge.judge(pgn);
  }
}
