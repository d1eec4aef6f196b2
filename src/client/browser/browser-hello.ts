import { joined } from '../../envelope/joined.js';
import { HELLO_PREFIX, helloHead } from '../../envelope/hello.js';
import { BadEnvelopeError } from '../../envelope/bad-envelope.error.js';
import { readSettings, type ServerSettings } from '../../envelope/server-settings.js';
import type { ClientEnvelope, ClientHello } from '../core/client-wire.js';
import { toBase64url } from './base64url.js';
import { Handshake, type ClientKeys } from './handshake.js';
import { RecordChannel } from './record-channel.js';
import { RecordEnvelope } from './record.envelope.js';
import { type Bytes } from './web-crypto.js';

interface Agreed {
  readonly envelope: ClientEnvelope;
  readonly settings: ServerSettings;
}

/** The beginning of one connection. WebCrypto takes its time, so the transport has it read the reply. */
export class BrowserHello implements ClientHello {
  private outcome: (() => Agreed) | undefined;

  private constructor(
    readonly hello: string,
    private readonly handshake: Handshake,
    private readonly padding: number,
  ) {}

  static async of(keys: ClientKeys, padding: number): Promise<BrowserHello> {
    const handshake = await Handshake.begin(keys);
    const bytes = joined(helloHead(keys.pattern, keys.keyId), await handshake.write());
    return new BrowserHello(HELLO_PREFIX + toBase64url(bytes), handshake, padding);
  }

  /** Takes the server's reply. What `finish()` says of it follows from that. */
  async agree(reply: Bytes): Promise<RecordChannel | undefined> {
    try {
      const settings = readSettings(new TextDecoder().decode(await this.handshake.read(reply)));
      const channel = new RecordChannel(...(await this.handshake.split()));
      const envelope = new RecordEnvelope(channel, this.padding, settings.maxMessageSize);
      this.outcome = () => ({ envelope, settings });
      return channel;
    } catch (cause) {
      this.outcome = () => {
        throw new BadEnvelopeError('no reply of who has the keys', { cause });
      };
      return undefined;
    }
  }

  finish(): Agreed {
    return this.outcome!();
  }
}
