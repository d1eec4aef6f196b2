import { SocketsError } from '../protocol/sockets.errors.js';

/** Who joins, as `onJoin` and `presence` know it: the `ConnectedClient`, or a part of it. */
export interface JoiningClient {
  /** Over all nodes. */
  readonly id: number;
  /** As `ConnectedClient.ip`. */
  readonly ip: string;
  /** What the `auth` handler put there. */
  readonly meta: Record<string, unknown>;
}

/** What is kept of the rooms whose names match a pattern. */
export interface RoomOptions {
  /**
   * How many messages of `publish()` are kept, for members that come back or were cut off for a moment.
   * An engine may keep some more. 0 keeps none, and `publish()` is refused.
   * @default 0
   */
  history?: number;
  /**
   * Milliseconds after the last message, after which all of them may be forgotten.
   * @default 300000
   */
  ttl?: number;
  /**
   * Whether it is written down who is in the room, for `in().members()` and the events `joined` and `left`
   * of members that asked for them. A function says what those are told beside the id; `true` nothing.
   * @default false
   */
  presence?: boolean | ((client: JoiningClient) => unknown);
  /**
   * The state of the room, for members that could not be given what they missed. It is read after the
   * room's position is known, so it may contain messages that are delivered after it, but misses none.
   * What it throws is logged, and the member gets no state. Only with `history`.
   */
  onJoin?: (client: JoiningClient, room: string) => unknown;
}

/** Options of rooms by name, or by a pattern with a `*` at its end. The first that matches counts. */
export type RoomsOptions = Readonly<Record<string, RoomOptions>>;

/** The options in force for a room. */
export interface ResolvedRoomOptions {
  readonly history: number;
  readonly ttl: number;
  readonly presence: boolean | ((client: JoiningClient) => unknown);
  readonly onJoin: ((client: JoiningClient, room: string) => unknown) | undefined;
}

const DEFAULT_TTL = 300_000;
const MAX_HISTORY = 100_000;
const MAX_TTL = 30 * 24 * 3_600_000;

const PLAIN_ROOM: ResolvedRoomOptions = Object.freeze({
  history: 0,
  ttl: DEFAULT_TTL,
  presence: false,
  onJoin: undefined,
});

interface RoomRule {
  readonly matches: (room: string) => boolean;
  readonly options: ResolvedRoomOptions;
}

/** Finds the options of a room by its name. */
export class RoomRules {
  private readonly rules: readonly RoomRule[];

  /** @throws SocketsError `INVALID_OPTION` */
  constructor(options: RoomsOptions = {}) {
    this.rules = Object.entries(options).map(([pattern, given]) => ({
      matches: matcherOf(pattern),
      options: resolve(pattern, given),
    }));
  }

  optionsOf(room: string): ResolvedRoomOptions {
    return this.rules.find(({ matches }) => matches(room))?.options ?? PLAIN_ROOM;
  }
}

/** @throws SocketsError `INVALID_OPTION` */
export function matcherOf(pattern: string): (room: string) => boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return (room) => room === pattern;
  const start = pattern.slice(0, -1);
  if (star !== start.length) throw invalid(pattern, 'has a "*" elsewhere than at its end');
  return (room) => room.startsWith(start);
}

function resolve(pattern: string, given: RoomOptions): ResolvedRoomOptions {
  if (typeof given !== 'object' || given === null) throw invalid(pattern, 'is no object');
  const { history = 0, ttl = DEFAULT_TTL, presence = false, onJoin, ...unknown } = given;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw invalid(pattern, `has no option "${stranger}"`);
  if (!isWholeNumber(history, 0, MAX_HISTORY)) {
    throw invalid(pattern, `needs a "history" of 0 to ${MAX_HISTORY} messages`);
  }
  if (!isWholeNumber(ttl, 1, MAX_TTL)) {
    throw invalid(pattern, `needs a "ttl" of 1 to ${MAX_TTL} ms`);
  }
  if (typeof presence !== 'boolean' && typeof presence !== 'function') {
    throw invalid(pattern, 'needs true, false or a function as "presence"');
  }
  if (onJoin !== undefined && (typeof onJoin !== 'function' || history === 0)) {
    throw invalid(pattern, 'has an "onJoin" that is no function, or no "history" to go with it');
  }
  return { history, ttl, presence, onJoin };
}

function isWholeNumber(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function invalid(pattern: string, what: string): SocketsError {
  return new SocketsError(
    'INVALID_OPTION',
    `SocketsModule: invalid option "rooms". ${JSON.stringify(pattern)} ${what}. Expected for example { 'table:*': { history: 200, ttl: 300_000, presence: true } }.`,
  );
}
