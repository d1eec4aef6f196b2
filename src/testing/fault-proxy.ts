import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { ABNORMAL_CLOSURE, CloseCode } from '../protocol/close-code.js';

/** One WebSocket message on its way. */
export interface PassingFrame {
  /** Where it goes. */
  direction: 'toServer' | 'toClient';
  /** The payload, sealed unless encryption is off. */
  data: Buffer;
  /** Whether it is a binary message; text is only there without encryption. */
  isBinary: boolean;
  /** How many passed in this direction of this connection before, from 0. */
  index: number;
}

/**
 * What happens to a frame:
 * - `pass`: it goes on
 * - `drop`: it never arrives
 * - `duplicate`: it arrives twice
 * - `tamper`: one bit of it arrives flipped
 * - `cut`: the connection breaks on both sides, without a close frame
 * - a number: it arrives that many milliseconds later, and so do those behind it
 */
export type Fault = 'pass' | 'drop' | 'duplicate' | 'tamper' | 'cut' | number;

/** Decides about each frame. */
export type FaultPlan = (frame: PassingFrame) => Fault;

/** Stands between clients and a server, and does to their frames what the plan says. */
export class FaultProxy {
  /** May be replaced at any time. Passes everything at first. */
  plan: FaultPlan = () => 'pass';
  private readonly links = new Set<Link>();

  private constructor(
    private readonly webSockets: WebSocketServer,
    private readonly target: () => string,
  ) {
    webSockets.on('connection', (client, request) => this.connect(client, offeredBy(request)));
  }

  /** Listens on a free port of 127.0.0.1, and passes everything on to the target's address. */
  static async start(target: () => string): Promise<FaultProxy> {
    const webSockets = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: false,
    });
    await once(webSockets, 'listening');
    return new FaultProxy(webSockets, target);
  }

  /** Where clients connect to be disturbed. */
  get address(): string {
    return `ws://127.0.0.1:${(this.webSockets.address() as AddressInfo).port}`;
  }

  /** Breaks every connection now, as a pulled cable does. */
  cutAll(): void {
    for (const link of this.links) link.cut();
  }

  /** Cuts every connection, and listens no more. */
  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.webSockets.close(resolve));
  }

  private connect(client: WebSocket, subprotocols: string[]): void {
    const server = new WebSocket(this.target(), subprotocols, { perMessageDeflate: false });
    const link = new Link(client, server, (frame) => this.plan(frame));
    this.links.add(link);
    client.once('close', () => this.links.delete(link));
  }
}

/** Version 2 says in them who it is. */
function offeredBy({ headers }: IncomingMessage): string[] {
  const offered = headers['sec-websocket-protocol'];
  return offered === undefined ? [] : offered.split(',').map((name) => name.trim());
}

/** One connection through the proxy. */
class Link {
  private readonly lines = { toServer: Promise.resolve(), toClient: Promise.resolve() };
  private readonly counts = { toServer: 0, toClient: 0 };

  constructor(
    private readonly client: WebSocket,
    private readonly server: WebSocket,
    private readonly plan: FaultPlan,
  ) {
    const opened = new Promise<void>((resolve) => server.once('open', resolve));
    this.lines.toServer = opened;
    this.join(client, server, 'toServer');
    this.join(server, client, 'toClient');
  }

  cut(): void {
    this.client.terminate();
    this.server.terminate();
  }

  private join(from: WebSocket, to: WebSocket, direction: PassingFrame['direction']): void {
    // An error is followed by 'close', which is passed on.
    from.on('error', () => undefined);
    from.on('message', (data: RawData, isBinary) => {
      const index = this.counts[direction]++;
      const frame = { direction, data: data as Buffer, isBinary, index };
      this.lines[direction] = this.lines[direction].then(() => this.pass(to, frame));
    });
    from.once('close', (code, reason) => {
      this.lines[direction] = this.lines[direction].then(() => closeLike(to, code, reason));
    });
  }

  private async pass(to: WebSocket, frame: PassingFrame): Promise<void> {
    const fault = this.plan(frame);
    if (fault === 'drop') return;
    if (fault === 'cut') return this.cut();
    if (typeof fault === 'number') await new Promise((resolve) => setTimeout(resolve, fault));
    const data = fault === 'tamper' ? flipLastBit(frame.data) : frame.data;
    to.send(data, { binary: frame.isBinary });
    if (fault === 'duplicate') to.send(data, { binary: frame.isBinary });
  }
}

function flipLastBit(data: Buffer): Buffer {
  const copy = Buffer.from(data);
  const last = copy.length - 1;
  if (last >= 0) copy.writeUInt8(copy.readUInt8(last) ^ 1, last);
  return copy;
}

/** Codes that are never sent stand for an end without a close frame. */
function closeLike(to: WebSocket, code: number, reason: Buffer): void {
  if (code === ABNORMAL_CLOSURE) to.terminate();
  else if (code === CloseCode.NoStatus) to.close();
  else to.close(code, reason);
}
