import { toErrorBody } from '../protocol/error-body.js';
import { assertRequestName, formatMessage, type WireMessage } from '../protocol/message.js';
import { PendingReplies, type RequestOptions } from '../protocol/pending-replies.js';
import { RemoteError, SocketsError } from '../sockets.errors.js';

/** The connection over which the questions go. */
interface AskedConnection {
  readonly client: { readonly id: number };
  readonly isOpen: boolean;
  readonly isAuthenticated: boolean;
  reply(text: string): void;
}

/** What the server asked one client and waits for: PROTOCOL.md R5.8 and R5.12. */
export class ClientAsks {
  private readonly pending = new PendingReplies();

  constructor(private readonly connection: AskedConnection) {}

  get size(): number {
    return this.pending.size;
  }

  ask(request: string, data: unknown, options: RequestOptions): Promise<unknown> {
    const { connection } = this;
    return this.pending.wait(assertRequestName(request), options, (id) => {
      if (!connection.isOpen || !connection.isAuthenticated) throw this.lost(request);
      connection.reply(formatMessage(request, id, 'data', data));
    });
  }

  settle({ request, id, response, error }: WireMessage): void {
    if (id === undefined) return;
    if (error === undefined) this.pending.resolve(id, response);
    else this.pending.reject(id, new RemoteError(request, toErrorBody(error)));
  }

  /** The connection is gone, and no answer can come any more. */
  end(): void {
    this.pending.rejectAll((request) => this.lost(request));
  }

  private lost(request: string): SocketsError {
    return new SocketsError(
      'CONNECTION_LOST',
      `Client ${this.connection.client.id} is not connected any more, so "${request}" gets no answer. Ask again when it is back (SocketServer.authenticated$).`,
    );
  }
}
