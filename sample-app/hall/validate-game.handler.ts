import { UseInterceptors, UsePipes, ValidationPipe } from '@nestjs/common';
import { SocketHandler } from '../../src/index.js';
import { Judge } from '../games/judge.service.js';
import type { Verdict } from '../games/verdict.js';
import { GameDto } from './game.dto.js';
import { VerdictInterceptor } from './verdict.interceptor.js';

/** `validateGame`: the work that the whole hall is about. */
@SocketHandler('validateGame')
export class ValidateGameHandler {
  constructor(private readonly judge: Judge) {}

  @UsePipes(ValidationPipe)
  @UseInterceptors(VerdictInterceptor)
  server({ pgn }: GameDto): Verdict {
    return this.judge.judge(pgn);
  }
}
