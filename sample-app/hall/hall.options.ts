export const HALL_OPTIONS = Symbol('HALL_OPTIONS');

export interface HallOptions {
  readonly authKey: string;
  /** Of the server; pages know the public one. */
  readonly serverKey: string;
  readonly serverPublicKey: string;
  /** How many workers must be there before the games are dealt. */
  readonly workers: number;
  /** Of a server that is one node among several. */
  readonly cluster?: ClusterOptions;
}

/** Where the nodes of one run meet. */
export interface ClusterOptions {
  readonly redisUrl: string;
  /** What the run's keys and channels in Redis begin with. */
  readonly prefix: string;
}
