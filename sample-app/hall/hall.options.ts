export const HALL_OPTIONS = Symbol('HALL_OPTIONS');

export interface HallOptions {
  readonly authKey: string;
  /** Of the server; pages know the public one. */
  readonly serverKey: string;
  readonly serverPublicKey: string;
  /** How many workers must be there before the games are dealt. */
  readonly workers: number;
}
