import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import { CloseCode } from '../protocol/close-code.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../sockets.options.js';
import { AuthFailures } from './auth-failures.js';
import type { ConnectionPlace } from './connection-counts.js';
import { ConnectionRegistry } from './connection-registry.js';
import { Connection } from './connection.js';
import { FairShare } from './fair-share.js';
import { LimitLog } from './limit-log.js';
import { MessagePipeline } from './message.pipeline.js';
import { ServerHandshake } from './server-handshake.js';
import { SocketEvents } from './socket-events.js';
import { Traffic } from './traffic.js';
import { assertReceiver, limitMessageSize } from './web-socket.receiver.js';

/** Makes connections of WebSockets, and follows them to their end. */
@Injectable()
export class ConnectionAcceptor {
  private lastId = 0;

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
    const { options, limitLog, traffic, authFailures } = this;
    limitMessageSize(webSocket, options.limits.maxUnauthenticatedMessageSize);
    const { envelope } = this.handshake;
    const context = { options, limitLog, traffic, authFailures, envelope };
    const connection = new Connection(++this.lastId, webSocket, request.socket, place, context);
    if (this.adapter.hasGateways) connection.upgradeRequest = request;
    connection.startAuthTimeout();
    this.registry.add(connection);
    this.takeFrames(webSocket, connection);
    // What violates RFC 6455 ends this socket and nothing else: ws itself closes it with 1002 etc.
    webSocket.on('error', (error) => this.noteViolation(connection, error));
    webSocket.once('close', (code, reason) => this.remove(connection, code, reason.toString()));
    this.events.connected(connection.client);
  }

  private takeFrames(webSocket: WebSocket, connection: Connection): void {
    const share = new FairShare(webSocket);
    webSocket.on('message', (frame: Buffer, isBinary: boolean) => {
      share.take(frame.length);
      this.pipeline.receive(connection, frame, isBinary);
    });
    const takeControlFrame = (payload: Buffer) => share.take(payload.length);
    webSocket.on('ping', takeControlFrame);
    webSocket.on('pong', takeControlFrame);
  }

  private noteViolation({ client: { id, ip } }: Connection, error: Error): void {
    const isTooBig = (error as NodeJS.ErrnoException).code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    const limit = isTooBig ? 'maxMessageSize' : 'badWebSocketFrame';
    const outcome = isTooBig ? `close ${CloseCode.TooBig}` : `close: ${error.message}`;
    this.traffic.refuse(limit);
    this.limitLog.report({ limit, ip, client: id, outcome });
  }

  private remove(connection: Connection, code: number, reason: string): void {
    this.registry.remove(connection);
    connection.release(code, reason);
    this.events.disconnected({ client: connection.client, code, reason });
  }
}
