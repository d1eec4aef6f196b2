import { EventEmitter } from 'node:events';
import { authDataOf } from '../../client/core/auth-data.js';
import { ClientConnection } from '../../client/core/client-connection.js';
import type { CloseInfo } from '../../client/core/client.errors.js';
import type { SocketClientEvents } from '../../client/core/client.events.js';
import type { ResolvedClientOptions } from '../../client/core/client.options.js';
import type { ClientPlatform } from '../../client/core/client-platform.js';
import type { ClientHello, ClientWire } from '../../client/core/client-wire.js';
import type { ConnectionListener } from '../../client/core/connection-listener.js';
import { RoomPositions } from '../../client/core/room-positions.js';
import { nodePlatform } from '../../client/node/node.platform.js';
import type { ServerSettings } from '../../envelope/server-settings.js';
import { CloseCode } from '../../protocol/close-code.js';
import { AUTH, HEART_BEAT, REAUTH } from '../../protocol/message-name.js';
import type { WireMessage } from '../../protocol/message.js';
import type { Transport } from '../../client/core/transport.js';
import { withinTime } from './within-time.js';
import { WatchedTransport } from './watched-transport.js';

/** What came of a connection as any client makes it. */
export interface SessionFindings {
  /** What the server told in its reply to the hello, which opened. Version 2 only. */
  settings?: ServerSettings;
  /** The reply to `auth`. */
  auth?: WireMessage;
  /** Milliseconds after which what was shown to `auth` is too old. */
  expires?: number;
  /** How the connection ended, if it did; and whether it was this side that did not believe the other. */
  end?: CloseInfo;
  wasRefusedHere?: boolean;
  /** Milliseconds until a heartbeat was answered. */
  roundTrip?: number;
  error?: unknown;
}

/** Connects, authenticates and sends a heartbeat, and notes what is seen on the way. */
export class SessionProbe {
  private readonly findings: SessionFindings = {};
  private readonly texts = new EventEmitter<{ message: [WireMessage] }>();

  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly wire: ClientWire,
  ) {
    this.texts.on('message', (message) => this.note(message));
  }

  async run(): Promise<SessionFindings> {
    let connection: ClientConnection | undefined;
    try {
      connection = await this.open();
      await this.beat(connection);
    } catch (error) {
      this.findings.error = error;
    }
    connection?.close(CloseCode.Normal, 'examined');
    return this.findings;
  }

  private async open(): Promise<ClientConnection> {
    const { options, wire } = this;
    const hello = await wire.sayHello();
    const setup = {
      options,
      wire,
      platform: this.platform(),
      hello: hello && this.watched(hello),
      authData: await authDataOf(options),
      rooms: new RoomPositions(new EventEmitter<SocketClientEvents>()),
    };
    return ClientConnection.open(setup, SILENT, new AbortController().signal);
  }

  private async beat(connection: ClientConnection): Promise<void> {
    const start = performance.now();
    const answered = new Promise<void>((resolve) => {
      this.texts.on('message', ({ request }) => request === HEART_BEAT && resolve());
    });
    connection.probe();
    await withinTime(answered, this.options.connectTimeout, 'the reply to a heartbeat');
    this.findings.roundTrip = performance.now() - start;
  }

  /** Sees each message before the connection takes it. */
  private platform(): ClientPlatform {
    return {
      ...nodePlatform,
      decodeText: (bytes) => {
        const text = nodePlatform.decodeText(bytes);
        if (text !== undefined) this.see(text);
        return text;
      },
      openTransport: (target, listener, signal) => {
        const watched = {
          ...listener,
          onOpen: (transport: Transport) =>
            listener.onOpen(
              new WatchedTransport(transport, () => (this.findings.wasRefusedHere = true)),
            ),
          onClose: (info: CloseInfo) => {
            this.findings.end ??= info;
            listener.onClose(info);
          },
        };
        return nodePlatform.openTransport(target, watched, signal);
      },
    };
  }

  private watched(hello: ClientHello): ClientHello {
    return {
      hello: hello.hello,
      finish: (reply) => {
        const agreed = hello.finish(reply);
        this.findings.settings = agreed.settings;
        return agreed;
      },
    };
  }

  private see(text: string): void {
    try {
      this.texts.emit('message', JSON.parse(text) as WireMessage);
    } catch {
      // The connection itself refuses what is no message.
    }
  }

  private note(message: WireMessage): void {
    if (message.request === AUTH) this.findings.auth ??= message;
    if (message.request === REAUTH && typeof message.expires === 'number') {
      this.findings.expires = message.expires;
    }
  }
}

const ignore = () => undefined;

const SILENT: ConnectionListener<ClientConnection> = {
  onAuthenticated: ignore,
  onAccepted: () => Promise.resolve(),
  onMessage: ignore,
  onAsk: ignore,
  onErrorReply: ignore,
  onGone: ignore,
};
