import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import {
  speaksSomethingElse,
  unreachable,
  upgradeRefused,
  type CloseInfo,
} from '../core/client.errors.js';
import { SocketsError } from '../../protocol/sockets.errors.js';
import { speaksTls } from './tls-probe.js';
import { SUBPROTOCOL } from '../../envelope/hello.js';
import type { Transport, TransportListener, TransportTarget } from '../core/transport.js';
import { ABNORMAL_CLOSURE, CloseCode } from '../../protocol/close-code.js';

// How long the server gets to answer the close frame before the socket is cut.
const CLOSE_TIMEOUT = 5_000;

const PROBE_TIMEOUT = 2_000;

/** A WebSocket of ws. */
export class WebSocketTransport implements Transport {
  private isOver = false;
  private socket: Socket | undefined;

  private constructor(
    private readonly webSocket: WebSocket,
    private readonly listener: TransportListener,
  ) {}

  /**
   * Opens a WebSocket.
   * @throws SocketsError `CONNECTION_LOST`, or `AUTH_REJECTED` for HTTP 401 and 403
   */
  static async open(
    { address, connectTimeout, maxMessageSize, hello, tls }: TransportTarget,
    listener: TransportListener,
    signal: AbortSignal,
  ): Promise<void> {
    // `closeTimeout` is newer than the types of ws.
    const options = {
      ...(tls as ConnectionOptions | undefined),
      handshakeTimeout: connectTimeout === Infinity ? undefined : connectTimeout,
      maxPayload: maxMessageSize,
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT,
    };
    const subprotocols = hello ? [SUBPROTOCOL, hello.hello] : [];
    const webSocket = new WebSocket(address, subprotocols, options);
    const transport = new WebSocketTransport(webSocket, listener);
    const abort = () => transport.terminate('closed by the client');
    signal.addEventListener('abort', abort, { once: true });
    webSocket.once('close', () => signal.removeEventListener('abort', abort));
    try {
      await transport.untilOpen();
    } catch (error) {
      throw error instanceof SocketsError ? error : await whyUnreachable(address, error as Error);
    }
  }

  get isOpen(): boolean {
    return !this.isOver && this.webSocket.readyState === WebSocket.OPEN;
  }

  /** All that ever came, pings included. */
  get bytesRead(): number {
    return this.socket?.bytesRead ?? 0;
  }

  /** Shows the server that this side lives (RFC 6455, 5.5.3); there is no answer. */
  pong(): void {
    this.webSocket.pong();
  }

  send(frame: Uint8Array, binary: boolean): void {
    this.webSocket.send(frame, { binary });
  }

  /** Sends what it was given, then the close frame. What still comes is not heard any more. */
  close(code: number, reason = ''): void {
    if (this.isOver) return;
    this.webSocket.close(code, reason);
    this.end({ code, reason });
  }

  /** Cuts the connection. */
  terminate(reason: string): void {
    this.webSocket.terminate();
    this.end({ code: ABNORMAL_CLOSURE, reason });
  }

  private untilOpen(): Promise<void> {
    const { webSocket, listener } = this;
    return new Promise<void>((resolve, reject) => {
      webSocket.once('upgrade', ({ socket }: IncomingMessage) => (this.socket = socket));
      webSocket.once('open', () => {
        listener.onOpen(this);
        resolve();
      });
      webSocket.once('unexpected-response', (_request, response: IncomingMessage) => {
        reject(upgradeRefused(response.statusCode ?? 0));
        webSocket.terminate();
      });
      // Stays for the whole life: whatever goes wrong later also ends in 'close'.
      webSocket.on('error', (cause) => {
        reject(cause);
        this.fail(cause);
      });
      webSocket.on('message', (frame: Buffer, isBinary) => {
        if (!this.isOver) listener.onFrame(frame, isBinary);
      });
      webSocket.once('close', (code, reason) => this.end({ code, reason: reason.toString() }));
    });
  }

  /** The server violated RFC 6455 or a limit: ws tells it the code, and us 1006. */
  private fail({ code, message }: Error & { code?: unknown }): void {
    if (typeof code !== 'string' || !code.startsWith('WS_ERR_')) return;
    this.end({ code: VIOLATIONS.get(code) ?? PROTOCOL_ERROR, reason: message });
  }

  private end(info: CloseInfo): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener.onClose(info);
  }
}

// RFC 6455, 7.4.1
const PROTOCOL_ERROR = 1002;
const INVALID_TEXT = 1007;

const VIOLATIONS: ReadonlyMap<string, number> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', CloseCode.TooBig],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', CloseCode.TooBig],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', CloseCode.PolicyViolation],
  ['WS_ERR_INVALID_UTF8', INVALID_TEXT],
]);

async function whyUnreachable(
  address: string,
  cause: Error & { code?: string },
): Promise<SocketsError> {
  const mayNeedTls = cause.code === 'ECONNRESET' && address.startsWith('ws:');
  const isTls = mayNeedTls && (await speaksTls(address, PROBE_TIMEOUT));
  return isTls ? speaksSomethingElse(cause) : unreachable(address, cause);
}
