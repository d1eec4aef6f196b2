import { z } from 'zod';
import type { Verdict } from './games/verdict.js';
import type { LiveGame, LiveView } from './live-view.js';
import type { Announcement, Game, Progress, ScanGames, Summary } from './messages.js';

/** The same messages for the document of the hall, and for tests of what is really sent. */

/** What a handler answers that has nothing to say. */
export const NOTHING = z.null();

export const COUNT = z.int().min(0);

/** Who holds the key is in; who shows a token is in until it expires. */
export const ADMITTED = z.union([
  z.literal('success'),
  z.object({ expires: z.number().describe('Milliseconds since 1970') }),
]);

const FEN = z.string().describe('The position after the last move');

export const VERDICT = z.discriminatedUnion('valid', [
  z.object({
    valid: z.literal(true),
    eco: z.string(),
    opening: z.string(),
    fen: FEN,
    plies: COUNT,
  }),
  z.object({ valid: z.literal(false), reason: z.string() }),
]) satisfies z.ZodType<Verdict>;

export const GAME = z.object({ gameId: COUNT, pgn: z.string() }) satisfies z.ZodType<Game>;

export const SCAN_GAMES = z.object({
  games: z.array(GAME),
  workers: z.array(z.string()).describe('Who takes the games, in turn'),
}) satisfies z.ZodType<ScanGames>;

export const ANNOUNCEMENT = z.object({
  msg: z.string(),
  games: COUNT,
  valid: COUNT,
  invalid: COUNT,
}) satisfies z.ZodType<Announcement>;

const SUMMARY = z.object({
  games: COUNT,
  legalGames: COUNT,
  valid: COUNT,
  invalid: COUNT,
  caught: COUNT.describe('Illegal games that were judged so'),
  seconds: z.number(),
  connections: COUNT,
  versions: z.array(z.int()).describe('Of the wire'),
  problems: z.array(z.string()).describe('Empty when all went well'),
}) satisfies z.ZodType<Summary>;

export const PROGRESS = z.object({
  judged: COUNT,
  total: COUNT,
  summary: SUMMARY.optional().describe('Of the last item'),
}) satisfies z.ZodType<Progress>;

const LIVE_GAME = z.object({
  gameId: COUNT,
  pgn: z.string(),
  valid: z.boolean(),
  remark: z.string().describe('The opening, or why it is not valid'),
  fen: FEN.optional(),
}) satisfies z.ZodType<LiveGame>;

export const LIVE_VIEW = z.object({
  judged: COUNT,
  total: COUNT,
  valid: COUNT,
  invalid: COUNT,
  game: LIVE_GAME.optional().describe('The one that was judged last'),
  workers: z.array(z.string()),
  watchers: COUNT,
  perSecond: z.array(COUNT).describe('Games of each of the last seconds, the latest last'),
}) satisfies z.ZodType<LiveView>;
