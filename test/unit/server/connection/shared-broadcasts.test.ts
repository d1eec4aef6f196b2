import { describe, expect, it } from '@jest/globals';
import { BroadcastKeyMessage, SharedRecord } from '../../../../src/envelope/outgoing.js';
import { SharedBroadcastReceiver } from '../../../../src/envelope/shared-broadcast.js';
import { resolveOptions } from '../../../../src/options/resolve-options.js';
import type { Connection } from '../../../../src/server/connection/connection.js';
import { Push } from '../../../../src/server/connection/push.js';
import { SharedBroadcasts } from '../../../../src/server/connection/shared-broadcasts.js';

/** A connection that opens what it gets, and may be too slow to get it. */
class Peer {
  readonly session = { version: 2 };
  readonly pushField = 'data';
  readonly texts: string[] = [];
  isSlow = false;
  private receiver: SharedBroadcastReceiver | undefined;
  readonly sender = {
    pushRecord: (record: BroadcastKeyMessage | SharedRecord) => this.take(record),
  };

  push(text: string): boolean {
    if (!this.isSlow) this.texts.push(text);
    return !this.isSlow;
  }

  private take(record: BroadcastKeyMessage | SharedRecord): boolean {
    if (this.isSlow) return false;
    if (record instanceof BroadcastKeyMessage) {
      this.receiver = new SharedBroadcastReceiver(record.broadcastKey);
    } else {
      this.texts.push(this.receiver!.open(Buffer.from(record.bytes)).toString().slice(1));
    }
    return true;
  }
}

function setUp(count: number) {
  const shared = new SharedBroadcasts(resolveOptions({ sharedBroadcast: true }, () => undefined));
  const peers = Array.from({ length: count }, () => new Peer());
  const all = peers as unknown as Connection[];
  return { peers, all, shared, send: (data: number) => shared.send(Push.of('news', data), all) };
}

const textsOf = (...values: number[]) =>
  values.map((value) => `{"request":"news","data":${value}}`);

describe('SharedBroadcasts', () => {
  it('begins again with who was too slow for one of them, and goes on with the others', () => {
    const { peers, send } = setUp(2);
    const [slow, other] = peers as [Peer, Peer];
    expect([send(1), send(2)]).toEqual([2, 2]);
    slow.isSlow = true;
    expect(send(3)).toBe(1);
    slow.isSlow = false;
    expect([send(4), send(5)]).toEqual([2, 2]);
    expect(slow.texts).toEqual(textsOf(1, 2, 4, 5));
    expect(other.texts).toEqual(textsOf(1, 2, 3, 4, 5));
  });

  it('ends the epoch when somebody leaves who knows its key, be it slow or not', () => {
    const { peers, all, shared, send } = setUp(2);
    const [slow, other] = peers as [Peer, Peer];
    send(1);
    slow.isSlow = true;
    send(2);
    const keys: number[] = [];
    other.sender.pushRecord = (record) => {
      if (record instanceof BroadcastKeyMessage) keys.push(record.broadcastKey.epoch);
      return true;
    };
    shared.leave(all[0]!);
    send(3);
    expect(keys).toEqual([2]);
  });
});
