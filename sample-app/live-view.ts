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

/** The same of a hall on several nodes: `board`, published in the room of those who watch. */
export interface ClusterView extends LiveView {
  /** Counts up by one, so that whoever misses one knows. */
  readonly number: number;
  readonly nodes: readonly LiveNode[];
}

/** A server process of the hall. */
export interface LiveNode {
  /** What `whichNode` answers. */
  readonly number: number;
  readonly name: string;
  readonly isUp: boolean;
  /** The names of those who are connected to it. */
  readonly peers: readonly string[];
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
  /** Whether it is one of several nodes. */
  readonly hasNodes: boolean;
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
    whichNode: { data: void; response: number };
    killNode: { data: void; response: null };
  };
  pushes: { announcement: { data: { msg: string } }; board: { data: ClusterView } };
}
