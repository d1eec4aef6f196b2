/**
 * What peers say to each other, as a type: each handler and each push with its `data` and `response`.
 * It exists at compile time only.
 *
 * ```ts
 * interface GameContract {
 *   handlers: { validateGame: { data: { pgn: string }; response: { valid: boolean } } };
 *   pushes: { scanGames: { data: string[] }; status: { data: void; response: { idle: boolean } } };
 * }
 * ```
 *
 * - `handlers`: requests of clients. `response` is what the handler returns, or each value of a stream.
 * - `pushes`: messages of the server. Those with a `response` can also be asked (`server.request`).
 */
export interface SocketContract {
  /** What clients may request, by name. */
  handlers?: object;
  /** What the server may push or ask, by name. */
  pushes?: object;
}

/** No contract: every name goes, and nothing is known about what travels. */
export interface AnyContract {
  /** Requests of clients. */
  handlers: Record<
    string,
    {
      /** What the request carries. */
      data?: unknown;
      /** What the handler returns. */
      response?: unknown;
    }
  >;
  /** Messages of the server. */
  pushes: Record<
    string,
    {
      /** What the push carries. */
      data?: unknown;
      /** What a client answers when it is asked. */
      response?: unknown;
    }
  >;
}

/** `app.get(SocketServer)` infers the constraint itself as the contract: that is none, too. */
type Known<C extends SocketContract> = SocketContract extends C ? AnyContract : C;
type Handlers<C extends SocketContract> = NonNullable<Known<C>['handlers']>;
type Pushes<C extends SocketContract> = NonNullable<Known<C>['pushes']>;

export type HandlerName<C extends SocketContract> = keyof Handlers<C> & string;
export type PushName<C extends SocketContract> = keyof Pushes<C> & string;
/** Of the pushes those that are answered. */
export type AskName<C extends SocketContract> = PushName<C> &
  { [N in PushName<C>]: 'response' extends keyof Pushes<C>[N] ? N : never }[PushName<C>];

type Field<Shape, Key extends PropertyKey> = Shape extends { [K in Key]?: infer Value }
  ? Value
  : undefined;

/** What a request carries. */
export type HandlerData<C extends SocketContract, N extends HandlerName<C>> = Field<
  Handlers<C>[N],
  'data'
>;

/** What a handler returns, or each value of its stream. */
export type HandlerResponse<C extends SocketContract, N extends HandlerName<C>> = Field<
  Handlers<C>[N],
  'response'
>;

/** What a push carries. */
export type PushData<C extends SocketContract, N extends PushName<C>> = Field<Pushes<C>[N], 'data'>;

/** What a client answers when the server asks. */
export type PushResponse<C extends SocketContract, N extends PushName<C>> = Field<
  Pushes<C>[N],
  'response'
>;

/** Data, which may be left out where the contract has none, and then other parameters. */
export type WithData<Data, Rest extends unknown[] = []> = undefined extends Data
  ? [data?: Data, ...rest: Rest]
  : [Data] extends [void]
    ? [data?: undefined, ...rest: Rest]
    : [data: Data, ...rest: Rest];

/** Any name, but only where there is no contract to keep. */
export type UncheckedName<C extends SocketContract> = AnyContract extends C ? string : never;
