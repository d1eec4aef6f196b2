import { Module } from '@nestjs/common';
import { OpeningBook } from '../openings/opening-book.service.js';
import { GameCatalogue } from './game-catalogue.service.js';
import { Judge } from './judge.service.js';

/** Chess: what there is to judge, and who judges it. Knows nothing of sockets. */
@Module({
  providers: [OpeningBook, GameCatalogue, Judge],
  exports: [GameCatalogue, Judge],
})
export class GamesModule {}
