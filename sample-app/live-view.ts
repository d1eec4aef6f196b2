/** What the page shows, several times a second: `watchHall` streams it. Knows neither Node nor Nest. */
export interface LiveView {
  readonly judged: number;
  readonly total: number;
  readonly valid: number;
  readonly invalid: number;
  /** The game that was judged last. */
  readonly game?: LiveGame;
  readonly workers: readonly string[];
  readonly watchers: number;
  /** Games judged in each of the last seconds, the latest last; at most a minute. */
  readonly perSecond: readonly number[];
}

export interface LiveGame {
  readonly gameId: number;
  readonly pgn: string;
  readonly valid: boolean;
  /** The opening of a valid game, or why it is not valid. */
  readonly remark: string;
  /** The position after the last move of a valid game. */
  readonly fen?: string;
}

/** What the page asks for over HTTP before it connects. */
export interface WatcherPass {
  readonly token: string;
  readonly serverPublicKey: string;
}

/** What the page and the server say to each other. */
export interface HallContract {
  handlers: {
    watchHall: { data: void; response: LiveView };
    validateGame: {
      data: { pgn: string };
      response:
        | { valid: true; eco: string; opening: string; fen: string; plies: number }
        | { valid: false; reason: string };
    };
    ping: { data: void; response: number };
    cutMe: { data: void; response: null };
  };
  pushes: { announcement: { data: { msg: string } } };
}
