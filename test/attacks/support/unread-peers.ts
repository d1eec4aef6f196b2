import { RawSocket, type Target } from './raw-socket.js';

export const REPLY_BYTES = 64 * 1024;

/** Authenticated peers that stop to read what they are sent. */
export class UnreadPeers {
  readonly #peers: RawSocket[] = [];

  async stopReading(target: Target, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const peer = await RawSocket.session(target);
      peer.socket.pause();
      this.#peers.push(peer);
    }
  }

  /** Each asks for so many replies. */
  askForReplies(count: number): void {
    for (const peer of this.#peers) {
      const request = (id: number) => peer.sealed({ request: 'big', id, data: REPLY_BYTES });
      peer.write(Buffer.concat(Array.from({ length: count }, (_, id) => request(id))));
    }
  }

  /** They read on. Resolves with how many of them the server still answers. */
  async readAgain(): Promise<number> {
    const served = this.#peers.map((peer) => {
      peer.socket.resume();
      return peer.roundTrip();
    });
    return (await Promise.all(served)).filter(Boolean).length;
  }
}
