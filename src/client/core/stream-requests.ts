import { onAbort } from '../../protocol/abort-listeners.js';
import { toErrorBody } from '../../protocol/error-body.js';
import {
  formatCredit,
  formatStreamRequest,
  type MessageId,
  type WireMessage,
} from '../../protocol/message.js';
import type { PendingReplies } from '../../protocol/pending-replies.js';
import { assertSignal } from '../../protocol/request-options.js';
import { RemoteError, RequestAbortedError } from '../../protocol/sockets.errors.js';
import { ClientStream } from './client-stream.js';
import { StreamPace } from './stream-pace.js';
import type { OutgoingRequest } from './outgoing-request.js';
import type { MessageSender } from './message-sender.js';

interface OpenStream {
  request: string;
  stream: ClientStream;
  pace: StreamPace;
}

// Values of one stream that are on their way or wait for their consumer, at the most.
const MAX_WINDOW = 256;

/** The streams that one connection asked for and that have not ended, by id. */
export class StreamRequests {
  private readonly open = new Map<MessageId, OpenStream>();

  constructor(
    private readonly ids: Pick<PendingReplies, 'takeId'>,
    private readonly maxBacklog: number,
    private readonly connection: MessageSender,
  ) {}

  start({ request, data, trace }: OutgoingRequest, signal?: AbortSignal): ClientStream {
    assertSignal(signal);
    if (signal?.aborted) throw new RequestAbortedError(request, signal.reason);
    const id = this.ids.takeId();
    const stream = new ClientStream(request, this.maxBacklog, () => this.cancel(id, request));
    const window = Math.min(this.maxBacklog, MAX_WINDOW);
    this.connection.send(formatStreamRequest(request, id, data, window, trace));
    const pace = new StreamPace(window, (credit) =>
      this.connection.sendIfOpen(formatCredit(request, id, credit)),
    );
    stream.onTaken = () => pace.taken();
    this.open.set(id, { request, stream, pace });
    this.listen(signal, id, stream, request);
    return stream;
  }

  /** Takes what belongs to a stream. Returns false when no stream has that id. */
  take(id: MessageId, { request, error, item, done, credit }: WireMessage): boolean {
    const open = this.open.get(id);
    if (!open) return false;
    const { stream } = open;
    if (error !== undefined) this.end(id, stream, new RemoteError(request, toErrorBody(error)));
    else if (done === true) this.end(id, stream);
    else if (item !== undefined) stream.push(item);
    else if (credit !== undefined) open.pace.begin();
    return true;
  }

  endAll(error: (request: string) => Error): void {
    for (const [id, { request, stream }] of this.open) this.end(id, stream, error(request));
  }

  private end(id: MessageId, stream: ClientStream, error?: Error): void {
    this.open.delete(id);
    stream.end(error);
  }

  private cancel(id: MessageId, request: string): void {
    if (!this.open.delete(id)) return;
    this.connection.sendIfOpen(JSON.stringify({ request, id, cancel: true }));
  }

  private listen(
    signal: AbortSignal | undefined,
    id: MessageId,
    stream: ClientStream,
    request: string,
  ): void {
    if (!signal) return;
    stream.onEnd = onAbort(signal, () => {
      this.cancel(id, request);
      stream.end(new RequestAbortedError(request, signal.reason));
    });
  }
}
