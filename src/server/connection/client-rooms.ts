/** What a member of a room wants to be told. */
export interface JoinOptions {
  /**
   * Whether it is told who else comes and goes (client events `joined` and `left`). Only in rooms with
   * `presence`.
   * @default false
   */
  members?: boolean;
}

/** The rooms of the server, as its clients know them. */
export interface ClientRooms<Client> {
  join(client: Client, room: string, options: JoinOptions): Promise<void>;
  leave(client: Client, room: string): void;
}
