import type { ServerTelemetry } from '../../contract/telemetry.js';
import { toErrorBody } from '../../protocol/error-body.js';
import { assertSendable } from '../../protocol/message-name.js';
import { formatMessage, type WireMessage } from '../../protocol/message.js';
import { PendingReplies } from '../../protocol/pending-replies.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import { RemoteError, SocketsError } from '../../protocol/sockets.errors.js';
import type { SentMessage } from '../../protocol/sent-message.js';

/** How a client is asked. */
export interface AskOptions extends RequestOptions {
  /** What caused it, where another node has been asked to ask: PROTOCOL.md R4.10. */
  readonly trace?: unknown;
}

/** The connection over which the questions go. */
interface AskedConnection {
  readonly client: { readonly id: number };
  readonly isOpen: boolean;
  readonly isAuthenticated: boolean;
  readonly knowsIds: boolean;
  reply(message: SentMessage): void;
}

/** What the server asked one client and waits for: PROTOCOL.md R5.8 and R5.12. */
export class ClientAsks {
  private readonly pending = new PendingReplies();

  constructor(
    private readonly connection: AskedConnection,
    private readonly telemetry?: ServerTelemetry | undefined,
  ) {}

  get size(): number {
    return this.pending.size;
  }

  ask(request: string, data: unknown, options: AskOptions): Promise<unknown> {
    const name = assertSendable(request);
    const tracing = this.telemetry?.tracing;
    if (!tracing) return this.send(name, data, options, undefined);
    return tracing.around({ kind: 'ask', name, trace: options.trace }, (trace) =>
      this.send(name, data, options, trace),
    );
  }

  private send(
    request: string,
    data: unknown,
    options: RequestOptions,
    trace: string | undefined,
  ): Promise<unknown> {
    const { connection } = this;
    return this.pending.wait(request, options, (id) => {
      if (!connection.isOpen || !connection.isAuthenticated) throw this.lost(request);
      if (!connection.knowsIds) throw this.unsupported(request);
      connection.reply(formatMessage(request, id, 'data', data, trace));
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

  private unsupported(request: string): SocketsError {
    return new SocketsError(
      'UNSUPPORTED_BY_PEER',
      `Client ${this.connection.client.id} sent no id with its "auth", as clients of the original do not, so it would not answer "${request}". Push to it, and let it send its answer as a request.`,
    );
  }

  private lost(request: string): SocketsError {
    return new SocketsError(
      'CONNECTION_LOST',
      `Client ${this.connection.client.id} is not connected any more, so "${request}" gets no answer. Ask again when it is back (SocketServer.authenticated$).`,
    );
  }
}
