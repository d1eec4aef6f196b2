import { toErrorBody } from '../protocol/error-body.js';
import type { MessageId, WireMessage } from '../protocol/message.js';
import type { PendingReplies } from '../protocol/pending-replies.js';
import { RemoteError, RequestAbortedError } from '../sockets.errors.js';
import { ClientStream } from './client-stream.js';

interface OpenStream {
  request: string;
  stream: ClientStream;
}

/** The streams that one connection asked for and that have not ended, by id. */
export class StreamRequests {
  private readonly open = new Map<MessageId, OpenStream>();

  constructor(
    private readonly ids: Pick<PendingReplies, 'takeId'>,
    private readonly maxBacklog: number,
    private readonly send: (text: string) => void,
  ) {}

  start(request: string, data: unknown, signal?: AbortSignal): ClientStream {
    if (signal?.aborted) throw new RequestAbortedError(request, signal.reason);
    const id = this.ids.takeId();
    const stream = new ClientStream(request, this.maxBacklog, () => this.cancel(id, request));
    this.send(JSON.stringify({ request, id, data, stream: true }));
    this.open.set(id, { request, stream });
    this.listen(signal, id, stream, request);
    return stream;
  }

  /** Takes what belongs to a stream. Returns false when no stream has that id. */
  take(id: MessageId, { request, error, item, done }: WireMessage): boolean {
    const stream = this.open.get(id)?.stream;
    if (!stream) return false;
    if (error !== undefined) this.end(id, stream, new RemoteError(request, toErrorBody(error)));
    else if (done === true) this.end(id, stream);
    else stream.push(item);
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
    this.send(JSON.stringify({ request, id, cancel: true }));
  }

  private listen(
    signal: AbortSignal | undefined,
    id: MessageId,
    stream: ClientStream,
    request: string,
  ): void {
    const abort = () => {
      this.cancel(id, request);
      stream.end(new RequestAbortedError(request, signal?.reason));
    };
    signal?.addEventListener('abort', abort, { once: true });
    stream.onEnd = () => signal?.removeEventListener('abort', abort);
  }
}
