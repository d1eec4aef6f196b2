import { utf8 } from '../../protocol/utf8.js';
import { SUBPROTOCOL } from '../../envelope/hello.js';
import { messageOf } from '../../logging/message-of.js';
import { ABNORMAL_CLOSURE, CloseCode } from '../../protocol/close-code.js';
import { AUTH } from '../../protocol/message-name.js';
import type { SocketsError } from '../../protocol/sockets.errors.js';
import { connectionLost, otherVersion, type CloseInfo } from '../core/client.errors.js';
import type { Transport, TransportListener, TransportTarget } from '../core/transport.js';
import type { BrowserHello } from './browser-hello.js';
import type { RecordChannel } from './record-channel.js';
import { asBytes, type Bytes } from './web-crypto.js';
import { noWebSocket, unopened } from './browser.errors.js';

const FIRST_OWN_CODE = 3_000;

/**
 * The browser's WebSocket. Records are sealed and opened here, one after the other in each direction,
 * so that the connection above sees them in order and in the clear.
 */
export class WebSocketTransport implements Transport {
  bytesRead = 0;
  private endedWith: CloseInfo | undefined;
  private channel: RecordChannel | undefined;
  private incoming: Promise<void> = Promise.resolve();
  private outgoing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly webSocket: WebSocket,
    private readonly target: TransportTarget,
    private readonly listener: TransportListener,
  ) {
    webSocket.binaryType = 'arraybuffer';
  }

  static async open(
    target: TransportTarget,
    listener: TransportListener,
    signal: AbortSignal,
  ): Promise<void> {
    const transport = new WebSocketTransport(connect(target), target, listener);
    const abort = () => transport.terminate('closed by the client');
    signal.addEventListener('abort', abort, { once: true });
    transport.webSocket.addEventListener('close', () => signal.removeEventListener('abort', abort));
    await transport.untilOpen();
  }

  private get isOver(): boolean {
    return this.endedWith !== undefined;
  }

  get isOpen(): boolean {
    return !this.isOver && this.webSocket.readyState === WebSocket.OPEN;
  }

  /** Browsers answer pings by themselves, and send none. */
  pong(): void {}

  send(frame: Uint8Array, binary: boolean): void {
    const { channel } = this;
    this.outgoing = this.outgoing
      .then(async () => {
        if (!binary) this.webSocket.send(new TextDecoder().decode(frame));
        else this.webSocket.send(channel ? await channel.seal(asBytes(frame)) : asBytes(frame));
      })
      .catch((error: unknown) => this.terminate(messageOf(error)));
  }

  close(code: number, reason = ''): void {
    if (this.isOver) return;
    this.end({ code, reason });
    void this.outgoing.then(() => this.webSocket.close(ownCode(code), reason));
  }

  /** Browsers cannot cut: the WebSocket closes by itself, and what still comes is not heard. */
  terminate(reason: string): void {
    this.webSocket.close();
    this.end({ code: ABNORMAL_CLOSURE, reason });
  }

  private untilOpen(): Promise<void> {
    const { webSocket, target, listener } = this;
    return new Promise<void>((resolve, reject) => {
      const { connectTimeout } = target;
      const giveUp = () => this.terminate(`no WebSocket within ${connectTimeout} ms`);
      const timer = connectTimeout === Infinity ? undefined : setTimeout(giveUp, connectTimeout);
      let isOpened = false;
      webSocket.addEventListener('open', () => {
        clearTimeout(timer);
        isOpened = true;
        if (target.hello && webSocket.protocol !== SUBPROTOCOL) {
          this.terminate('another version');
          return reject(otherVersion('it selected no subprotocol'));
        }
        listener.onOpen(this);
        resolve();
      });
      webSocket.addEventListener('message', ({ data }) =>
        this.receive(data as string | ArrayBuffer),
      );
      webSocket.addEventListener('close', ({ code, reason }) => {
        clearTimeout(timer);
        if (!isOpened) void this.whyUnopened(reason).then(reject, reject);
        void this.incoming.then(() => this.end({ code, reason }));
      });
    });
  }

  /** Why no WebSocket came to be: this side gave up, or nobody says it. */
  private async whyUnopened(reason: string): Promise<SocketsError> {
    const { endedWith } = this;
    return endedWith ? connectionLost(AUTH, endedWith) : unopened(this.target.address, reason);
  }

  private receive(data: string | ArrayBuffer): void {
    const isText = typeof data === 'string';
    const bytes = isText ? utf8.encode(data) : new Uint8Array(data);
    this.bytesRead += bytes.length;
    if (this.isOver) return;
    if (bytes.length > this.target.maxMessageSize) return this.refuse(CloseCode.TooBig, 'too big');
    this.incoming = this.incoming
      .then(() => this.deliver(bytes, isText))
      .catch((error: unknown) => this.refuse(CloseCode.BadFrame, `bad frame: ${messageOf(error)}`));
  }

  private async deliver(bytes: Bytes, isText: boolean): Promise<void> {
    const frame = isText ? bytes : await this.opened(bytes);
    if (!this.isOver) this.listener.onFrame(frame, !isText);
  }

  /** The first message of version 2 is the server's reply to the hello: PROTOCOL-V2.md V4.5. */
  private async opened(bytes: Bytes): Promise<Bytes> {
    const hello = this.target.hello as BrowserHello | undefined;
    if (!hello || this.isOver) return bytes;
    if (this.channel) return this.channel.open(bytes);
    this.channel = await hello.agree(bytes);
    return bytes;
  }

  private refuse(code: number, reason: string): void {
    this.webSocket.close(ownCode(code), reason.slice(0, 60));
    this.end({ code, reason });
  }

  private end(info: CloseInfo): void {
    if (this.isOver) return;
    this.endedWith = info;
    this.listener.onClose(info);
  }
}

/** Pages may close with 1000 and codes of their own. */
function ownCode(code: number): number {
  return code === CloseCode.Normal || code >= FIRST_OWN_CODE ? code : CloseCode.BadFrame;
}

function connect({ address, hello }: TransportTarget): WebSocket {
  try {
    return new WebSocket(address, hello ? [SUBPROTOCOL, hello.hello] : []);
  } catch (cause) {
    throw noWebSocket(cause);
  }
}
