import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { concatMap, type Observable } from 'rxjs';
import type { Verdict } from '../games/verdict.js';
import type { GameDto } from './game.dto.js';
import { VerdictBook } from './verdict-book.js';

/** Notes each verdict before it leaves, so that the judge need not know who counts. */
@Injectable()
export class VerdictInterceptor implements NestInterceptor<Verdict, Verdict> {
  constructor(private readonly book: VerdictBook) {}

  intercept(context: ExecutionContext, next: CallHandler<Verdict>): Observable<Verdict> {
    // Interceptors come before pipes: until there is a verdict, nobody has validated this.
    const game = context.switchToWs().getData<GameDto>();
    const record = async (verdict: Verdict): Promise<Verdict> => {
      await this.book.recordVerdict(game.gameId, verdict);
      return verdict;
    };
    return next.handle().pipe(concatMap(record));
  }
}
