/** A named opening: its code in the Encyclopaedia of Chess Openings, and how it is played. */
export interface Opening {
  readonly eco: string;
  readonly name: string;
  readonly moves: readonly string[];
}
