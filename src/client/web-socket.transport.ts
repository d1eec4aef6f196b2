import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { connectionLost, upgradeRefused, type CloseInfo } from './client.errors.js';
import { ABNORMAL_CLOSURE } from '../protocol/close-code.js';

/** What the transport tells the connection above it. */
export interface TransportListener {
  onFrame(frame: Buffer, isBinary: boolean): void;
  onClose(info: CloseInfo): void;
}

interface TransportOptions {
  readonly address: string;
  readonly connectTimeout: number;
  readonly maxMessageSize: number;
}

// How long the server gets to answer the close frame before the socket is cut.
const CLOSE_TIMEOUT = 5_000;

/** The only file of the client that knows ws. */
export class WebSocketTransport {
  private constructor(private readonly webSocket: WebSocket) {}

  /**
   * Opens a WebSocket.
   * @throws SocketsError `CONNECTION_LOST`, or `AUTH_REJECTED` for HTTP 401 and 403
   */
  static async open(
    { address, connectTimeout, maxMessageSize }: TransportOptions,
    listener: TransportListener,
    signal: AbortSignal,
  ): Promise<WebSocketTransport> {
    // `closeTimeout` is newer than the types of ws.
    const options = {
      handshakeTimeout: connectTimeout === Infinity ? undefined : connectTimeout,
      maxPayload: maxMessageSize,
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT,
    };
    const webSocket = new WebSocket(address, options);
    const transport = new WebSocketTransport(webSocket);
    const abort = () => webSocket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    await new Promise<void>((resolve, reject) => {
      webSocket.once('open', resolve);
      webSocket.once('unexpected-response', (_request, response: IncomingMessage) => {
        reject(upgradeRefused(response.statusCode ?? 0));
        webSocket.terminate();
      });
      // Stays for the whole life: whatever goes wrong later also ends in 'close'.
      webSocket.on('error', (cause) => reject(unreachable(address, cause)));
      webSocket.on('message', (frame: Buffer, isBinary) => listener.onFrame(frame, isBinary));
      webSocket.once('close', (code, reason) => {
        signal.removeEventListener('abort', abort);
        listener.onClose({ code, reason: reason.toString() });
      });
    });
    return transport;
  }

  get isOpen(): boolean {
    return this.webSocket.readyState === WebSocket.OPEN;
  }

  send(frame: Buffer, binary: boolean): void {
    this.webSocket.send(frame, { binary });
  }

  close(code: number, reason?: string): void {
    this.webSocket.close(code, reason);
  }

  terminate(): void {
    this.webSocket.terminate();
  }
}

function unreachable(address: string, cause: Error): Error {
  const error = connectionLost('auth', {
    code: ABNORMAL_CLOSURE,
    reason: cause.message || address,
  });
  error.cause = cause;
  return error;
}
