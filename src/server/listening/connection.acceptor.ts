import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { SocketsAdapter } from '../gateways/sockets.adapter.js';
import { CloseCode } from '../../protocol/close-code.js';
import type { SocketsLimits } from '../../protocol/limits.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import { AuthFailures } from '../operations/auth-failures.js';
import type { ConnectionPlace } from '../operations/connection-counts.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import { Connection } from '../connection/connection.js';
import type { ConnectionContext } from '../connection/connection.context.js';
import { LimitLog } from '../operations/limit-log.js';
import { MessagePipeline } from '../dispatch/message.pipeline.js';
import type { SocketSession } from '../connection/connected-client.js';
import type { HelloSession } from '../connection/hello-desk.js';
import { SharedBroadcasts } from '../connection/shared-broadcasts.js';
import { ServerHandshake } from '../connection/server-handshake.js';
import { SocketEvents } from '../connection/socket-events.js';
import { Cluster } from '../cluster/cluster.js';
import { Rooms } from '../rooms/rooms.js';
import { IDS_PER_NODE } from '../../engine/engine.js';
import { Traffic } from '../operations/traffic.js';
import { PongReply } from '../flow/pong.reply.js';
import { hasUnfinishedMessage } from '../flow/web-socket.receiver.js';

// Pings and pongs among the fragments of one message. A fragment keeps the whole read alive that
// brought it, up to 64 KiB, so that a small message could take a lot of memory.
const MAX_INTERLEAVED_FRAMES = 64;

const VERSION_1: SocketSession = { version: 1, keyId: undefined, publicKey: undefined };

/** Makes connections of WebSockets, and follows them to their end. */
@Injectable()
export class ConnectionAcceptor {
  private lastId = 0;
  private context: ConnectionContext<Connection> | undefined;

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
    private readonly broadcasts: SharedBroadcasts,
    private readonly rooms: Rooms,
    private readonly cluster: Cluster,
  ) {}

  /** @param hello What a peer of version 2 agreed on in its upgrade */
  accept(
    webSocket: WebSocket,
    request: IncomingMessage,
    place: ConnectionPlace,
    hello?: HelloSession,
  ): void {
    const { socket } = request;
    const id = this.cluster.node * IDS_PER_NODE + ++this.lastId;
    const session = hello?.session ?? VERSION_1;
    const envelope = hello?.envelope ?? this.handshake.envelope;
    const context = this.shared();
    const connection = new Connection(id, webSocket, socket, place, context, session, envelope);
    if (hello) webSocket.send(hello.reply);
    if (this.adapter.hasGateways) connection.upgradeRequest = request;
    this.registry.add(connection);
    this.follow(connection, webSocket);
    this.events.connected(connection.client);
  }

  private shared(): ConnectionContext<Connection> {
    return (this.context ??= this.makeContext());
  }

  private makeContext(): ConnectionContext<Connection> {
    const { options, limitLog, traffic, authFailures, rooms, pipeline } = this;
    return { options, limitLog, traffic, authFailures, rooms, journey: pipeline };
  }

  private follow(connection: Connection, webSocket: WebSocket): void {
    let interleaved = 0;
    let pong: PongReply | undefined;
    const takeControlFrame = (payload: Buffer) => {
      connection.intake.receiveControlFrame(payload);
      interleaved = hasUnfinishedMessage(webSocket) ? interleaved + 1 : 0;
      if (interleaved > MAX_INTERLEAVED_FRAMES) cutInterleaved(connection);
    };
    webSocket.on('pong', takeControlFrame);
    webSocket.on('ping', (payload) => {
      takeControlFrame(payload);
      (pong ??= new PongReply(webSocket)).answer(payload);
    });
    webSocket.on('message', (bytes: Buffer, isBinary: boolean) => {
      interleaved = 0;
      connection.intake.receive({ bytes, isBinary });
    });
    // What violates RFC 6455 ends this socket and nothing else: ws itself closes it with 1002 etc.
    webSocket.on('error', (error) => reportViolation(connection, error));
    webSocket.on('close', (code, reason) =>
      connection.leave(() => this.remove(connection, code, reason.toString())),
    );
  }

  private remove(connection: Connection, code: number, reason: string): void {
    this.rooms.leaveAll(connection);
    this.registry.remove(connection);
    this.broadcasts.leave(connection);
    this.adapter.leave(connection.client, code, reason);
    const { client, liveness } = connection;
    const clean = liveness.saidGoodbye;
    this.events.disconnected({ client, code, reason, clean });
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
