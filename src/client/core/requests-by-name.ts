import { formatRequest, type MessageId } from '../../protocol/message.js';
import type { PendingReplies } from '../../protocol/pending-replies.js';
import type { SentMessage } from '../../protocol/sent-message.js';
import type { RequestOptions } from '../../protocol/request-options.js';
import { uncertainReply } from './client.errors.js';
import type { MessageSender } from './message-sender.js';

/** What waits for its turn: a request has an id, what is sent without waiting for a reply has none. */
interface Waiting {
  readonly id?: number;
  readonly message: SentMessage;
}

/** Everything of one name. */
interface Line {
  /** The request whose reply comes next. */
  open?: number;
  /** Requests that were given up, and whose replies may still come. */
  readonly late: number[];
  /** How many messages without an id may still be replied to. */
  sent: number;
  readonly waiting: Waiting[];
}

/**
 * What goes to a server that echoes no ids: a reply can be told by its name alone, so of each name one
 * request is open at a time (PROTOCOL.md R5.6).
 */
export class RequestsByName {
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly pending: PendingReplies,
    private readonly connection: MessageSender,
  ) {}

  /** @throws SocketsError `REPLY_UNCERTAIN`, and as `PendingReplies.wait` does */
  async request(request: string, data: unknown, options: RequestOptions): Promise<unknown> {
    const line = this.lineOf(request);
    if (line.late.length > 0) throw uncertainReply(request);
    let id: number | undefined;
    try {
      return await this.pending.wait(request, options, (given) => {
        id = given;
        this.join(line, { id, message: formatRequest(request, id, data) });
      });
    } finally {
      this.leave(request, id);
    }
  }

  /** Sends without waiting for a reply, but not before the requests of that name that wait. */
  send(request: string, message: SentMessage): void {
    this.join(this.lineOf(request), { message });
  }

  /** The request that a reply of that name answers; none where it answers what was only sent. */
  claim(request: string): MessageId | undefined {
    const line = this.lines.get(request);
    if (line === undefined) return undefined;
    const id = line.open ?? (line.sent > 0 ? undefined : line.late.shift());
    if (line.open !== undefined) line.open = undefined;
    else if (line.sent > 0) line.sent--;
    this.advance(line, (message) => void this.connection.sendIfOpen(message));
    this.forgetIfIdle(request, line);
    return id;
  }

  private lineOf(request: string): Line {
    const line = this.lines.get(request) ?? { late: [], sent: 0, waiting: [] };
    this.lines.set(request, line);
    return line;
  }

  private join(line: Line, waiting: Waiting): void {
    line.waiting.push(waiting);
    this.advance(line, (message) => this.connection.send(message));
  }

  /** Sends what need not wait any longer: a request waits for the replies to all before it. */
  private advance(line: Line, send: (message: SentMessage) => void): void {
    while (line.waiting.length > 0 && line.open === undefined) {
      const { id, message } = line.waiting[0]!;
      if (id !== undefined && line.sent > 0) return;
      line.waiting.shift();
      send(message);
      if (id === undefined) line.sent++;
      else line.open = id;
    }
  }

  /** A request is over. One that was sent and got no reply makes the next reply nobody's. */
  private leave(request: string, id: number | undefined): void {
    const line = this.lines.get(request);
    if (line === undefined) return;
    if (id !== undefined && line.open === id) {
      line.open = undefined;
      line.late.push(id);
      this.refuseWaiting(request, line);
    } else if (id !== undefined) removeWaiting(line, id);
    this.advance(line, (message) => void this.connection.sendIfOpen(message));
    this.forgetIfIdle(request, line);
  }

  private refuseWaiting(request: string, { waiting }: Line): void {
    for (const { id } of waiting.splice(0, Infinity, ...waiting.filter(isUnawaited))) {
      if (id !== undefined) this.pending.reject(id, uncertainReply(request));
    }
  }

  private forgetIfIdle(request: string, { open, late, sent, waiting }: Line): void {
    const isIdle = open === undefined && late.length + sent + waiting.length === 0;
    if (isIdle) this.lines.delete(request);
  }
}

function isUnawaited({ id }: Waiting): boolean {
  return id === undefined;
}

function removeWaiting({ waiting }: Line, id: number): void {
  const index = waiting.findIndex((other) => other.id === id);
  if (index >= 0) waiting.splice(index, 1);
}
