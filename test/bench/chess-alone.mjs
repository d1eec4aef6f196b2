// Judges all games of the game hall one after the other, without any server, and prints how many a second.
import 'reflect-metadata';

const load = (path) =>
  import(new URL(`../../sample-app/dist/sample-app/${path}.js`, import.meta.url));
const { OpeningBook } = await load('openings/opening-book.service');
const { GameCatalogue } = await load('games/game-catalogue.service');
const { Judge } = await load('games/judge.service');

const book = new OpeningBook();
const { games } = new GameCatalogue(book);
const judge = new Judge(book);
const startedAt = performance.now();
const wrong = games.filter(({ pgn, legal }) => judge.judge(pgn).valid !== legal);
const seconds = (performance.now() - startedAt) / 1000;
if (wrong.length > 0) throw new Error(`${wrong.length} games were judged wrongly`);
console.log(Math.round(games.length / seconds));
