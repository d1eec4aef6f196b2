import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import { CloseCode } from '../protocol/close-code.js';
import type { SocketsLimits } from '../protocol/limits.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { AuthFailures } from './auth-failures.js';
import type { ConnectionPlace } from './connection-counts.js';
import { ConnectionRegistry } from './connection-registry.js';
import { Connection } from './connection.js';
import type { ConnectionContext } from './connection.context.js';
import { LimitLog } from './limit-log.js';
import { MessagePipeline } from './message.pipeline.js';
import { ServerHandshake } from './server-handshake.js';
import { SocketEvents } from './socket-events.js';
import { Traffic } from './traffic.js';
import { assertReceiver, hasUnfinishedMessage, limitMessageSize } from './web-socket.receiver.js';

// Pings and pongs among the fragments of one message. A fragment keeps the whole read alive that
// brought it, up to 64 KiB, so that a small message could take a lot of memory.
const MAX_INTERLEAVED_FRAMES = 64;

/** Makes connections of WebSockets, and follows them to their end. */
@Injectable()
export class ConnectionAcceptor {
  private lastId = 0;
  private context: ConnectionContext | undefined;

  constructor(
    @Inject(SOCKETS_OPTIONS) private readonly options: ResolvedSocketsOptions,
    private readonly handshake: ServerHandshake,
    private readonly pipeline: MessagePipeline,
    private readonly registry: ConnectionRegistry,
    private readonly events: SocketEvents,
    private readonly authFailures: AuthFailures,
    private readonly limitLog: LimitLog,
    private readonly traffic: Traffic,
    private readonly adapter: SocketsAdapter,
  ) {}

  accept(webSocket: WebSocket, request: IncomingMessage, place: ConnectionPlace): void {
    assertReceiver(webSocket);
    limitMessageSize(webSocket, this.options.limits.maxUnauthenticatedMessageSize);
    const { socket } = request;
    const connection = new Connection(++this.lastId, webSocket, socket, place, this.shared());
    if (this.adapter.hasGateways) connection.upgradeRequest = request;
    this.startAuthTimeout(connection);
    this.registry.add(connection);
    socket.on('data', ({ length }: Buffer) => connection.intake.onRead(length));
    this.follow(connection, webSocket);
    this.events.connected(connection.client);
  }

  private startAuthTimeout(connection: Connection): void {
    const { authTimeout } = this.options.limits;
    if (authTimeout === Infinity) return;
    connection.authTimer = setTimeout(
      () => connection.refuse('authTimeout', CloseCode.AuthTimeout, 'authentication timed out'),
      authTimeout,
    );
  }

  private shared(): ConnectionContext {
    return (this.context ??= this.makeContext());
  }

  private makeContext(): ConnectionContext {
    const { options, limitLog, traffic, authFailures, handshake, pipeline } = this;
    const { envelope } = handshake;
    const resume = (connection: Connection) => pipeline.resume(connection);
    return { options, limitLog, traffic, authFailures, envelope, resume };
  }

  private follow(connection: Connection, webSocket: WebSocket): void {
    let interleaved = 0;
    const takeControlFrame = (payload: Buffer) => {
      connection.intake.share.chargeFrame(payload.length);
      interleaved = hasUnfinishedMessage(webSocket) ? interleaved + 1 : 0;
      if (interleaved > MAX_INTERLEAVED_FRAMES) cutInterleaved(connection);
    };
    webSocket.on('ping', takeControlFrame);
    webSocket.on('pong', takeControlFrame);
    webSocket.on('message', (frame: Buffer, isBinary: boolean) => {
      interleaved = 0;
      this.pipeline.receive(connection, frame, isBinary);
    });
    // What violates RFC 6455 ends this socket and nothing else: ws itself closes it with 1002 etc.
    webSocket.on('error', (error) => reportViolation(connection, error));
    webSocket.on('close', (code, reason) =>
      connection.intake.whenHandled(code, () => this.remove(connection, code, reason.toString())),
    );
  }

  private remove(connection: Connection, code: number, reason: string): void {
    this.registry.remove(connection);
    connection.release(code, reason);
    this.events.disconnected({ client: connection.client, code, reason });
  }
}

function reportViolation(connection: Connection, error: Error): void {
  if (connection.isEnded) return;
  const isTooBig = (error as NodeJS.ErrnoException).code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
  if (isTooBig) connection.report(sizeLimitOf(connection), `close ${CloseCode.TooBig}`);
  else connection.report('badWebSocketFrame', `close: ${error.message}`);
}

function sizeLimitOf({ isAuthenticated }: Connection): keyof SocketsLimits {
  return isAuthenticated ? 'maxMessageSize' : 'maxUnauthenticatedMessageSize';
}

function cutInterleaved(connection: Connection): void {
  connection.refuse('badWebSocketFrame', CloseCode.PolicyViolation, 'too many frames in a message');
  connection.terminate();
}
