import { deriveGlobalKey } from '../../../src/envelope/handshake.js';
import { SUBPROTOCOL } from '../../../src/envelope/hello.js';
import { ClientHandshake } from '../../../src/envelope/noise-handshake.js';
import { derivePreSharedKey, type PreSharedKey } from '../../../src/envelope/pre-shared-key.js';
import type { RecordEnvelope } from '../../../src/envelope/record.envelope.js';
import { rawFrame } from './raw-frame.js';
import { RawSocket, type Target } from './raw-socket.js';

const secrets = new Map<string, Promise<PreSharedKey>>();

/** Derived once for each key, since that is slow by design. */
function secretOf(authKey: string): Promise<PreSharedKey> {
  const secret = secrets.get(authKey) ?? deriveGlobalKey(authKey).then(derivePreSharedKey);
  secrets.set(authKey, secret);
  return secret;
}

/** A client's part of a handshake in NNpsk0, under the key and with the key id of others if need be. */
export async function beginHandshake(authKey: string, keyId?: string): Promise<ClientHandshake> {
  const { id, psk } = await secretOf(authKey);
  return new ClientHandshake({ pattern: 'NNpsk0', keyId: keyId ?? id, psk });
}

/** The header that offers version 2 with a hello. */
export function offer(hello: string): Record<string, string> {
  return { 'Sec-WebSocket-Protocol': `${SUBPROTOCOL}, ${hello}` };
}

/** A peer of version 2 on a WebSocket by hand, for records that no library would send. */
export class V2Peer {
  /** All frames that were sent, as they were. */
  readonly sent: Buffer[] = [];

  static async open({ port, authKey }: Target): Promise<V2Peer> {
    const handshake = await beginHandshake(authKey);
    const socket = await RawSocket.open(port, offer(handshake.hello));
    const { envelope } = handshake.finish(await socket.firstPayload());
    return new V2Peer(socket, handshake.hello, envelope);
  }

  /** Opened and authenticated. */
  static async session(target: Target): Promise<V2Peer> {
    const peer = await V2Peer.open(target);
    peer.send({ request: 'auth', id: 0, data: { authKey: target.authKey } });
    peer.envelope.open(await peer.socket.nextPayload());
    return peer;
  }

  private constructor(
    readonly socket: RawSocket,
    readonly hello: string,
    private readonly envelope: RecordEnvelope,
  ) {}

  /** The next record, sealed and not sent. */
  record(message: object): Buffer {
    const plaintext = `\0${JSON.stringify(message)}`;
    const bytes = Buffer.byteLength(plaintext);
    const record = Buffer.alloc(bytes + this.envelope.overhead);
    this.envelope.seal(plaintext, bytes, record, 0);
    return record;
  }

  send(message: object): void {
    this.sendRecord(this.record(message));
  }

  sendRecord(payload: Buffer): void {
    const frame = rawFrame({ payload });
    this.sent.push(frame);
    this.socket.write(frame);
  }
}
