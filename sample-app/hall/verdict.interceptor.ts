import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import type { Verdict } from '../games/verdict.js';
import type { GameDto } from './game.dto.js';
import { GameHall } from './game-hall.service.js';

/** Notes each verdict as it leaves, so that the judge need not know who counts. */
@Injectable()
export class VerdictInterceptor implements NestInterceptor<Verdict, Verdict> {
  constructor(private readonly hall: GameHall) {}

  intercept(context: ExecutionContext, next: CallHandler<Verdict>): Observable<Verdict> {
    // Interceptors come before pipes: until there is a verdict, nobody has validated this.
    const game = context.switchToWs().getData<GameDto>();
    return next.handle().pipe(tap((verdict) => this.hall.recordVerdict(game.gameId, verdict)));
  }
}
