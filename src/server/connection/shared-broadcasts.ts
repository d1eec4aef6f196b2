import { Inject, Injectable } from '@nestjs/common';
import { BroadcastKeyMessage, SharedRecord } from '../../envelope/outgoing.js';
import { recordOf } from '../../envelope/record.js';
import { SharedBroadcastSender } from '../../envelope/shared-broadcast.js';
import { SOCKETS_OPTIONS, type ResolvedSocketsOptions } from '../../options/sockets.options.js';
import type { Connection } from './connection.js';
import type { Push, PushField } from './push.js';

/**
 * Seals a broadcast once for all who know the key of the epoch, option `sharedBroadcast`
 * (PROTOCOL-V2.md, section 6). The others get it sealed for them alone, and the key behind it.
 */
@Injectable()
export class SharedBroadcasts {
  readonly isOn: boolean;
  private readonly padding: number;
  private readonly field: PushField;
  private epoch = 0;
  private sender: SharedBroadcastSender | undefined;
  /** Who knows the key of the epoch. */
  private readonly members = new Set<Connection>();
  /** Those of them that got every record of it, and so expect the next one. */
  private readonly upToDate = new Set<Connection>();

  constructor(@Inject(SOCKETS_OPTIONS) options: ResolvedSocketsOptions) {
    const { padding, pushField, sharedBroadcast } = options;
    this.isOn = sharedBroadcast;
    this.padding = padding;
    this.field = pushField === 'response' ? 'response' : 'data';
  }

  /** Returns how many got it. */
  send(push: Push, receivers: readonly Connection[]): number {
    const message = push.in(this.field);
    // What is bytes is a record of its own.
    if (typeof message !== 'string') return sendToEach(push, receivers);
    const takes = (connection: Connection) =>
      connection.session.version === 2 && connection.pushField === this.field;
    const others = receivers.filter((connection) => !takes(connection));
    return this.share(message, receivers.filter(takes)) + sendToEach(push, others);
  }

  /** Who leaves must not be able to read what comes next: V6.3. */
  leave(connection: Connection): void {
    if (!this.members.has(connection)) return;
    this.sender = undefined;
    this.members.clear();
    this.upToDate.clear();
  }

  private share(message: string, receivers: readonly Connection[]): number {
    const sender = (this.sender ??= new SharedBroadcastSender(++this.epoch));
    const ready = receivers.filter((connection) => this.upToDate.has(connection));
    const newcomers = receivers.filter((connection) => !this.upToDate.has(connection));
    const record = ready.length > 0 ? this.seal(message, sender) : undefined;
    const missed = ready.filter((connection) => !connection.sender.pushRecord(record!));
    // Without this record they cannot open the next one.
    for (const connection of missed) this.upToDate.delete(connection);
    const key = new BroadcastKeyMessage(sender.broadcastKey);
    const joined = newcomers.filter((connection) => connection.push(message));
    for (const connection of joined) this.join(connection, key);
    return ready.length - missed.length + joined.length;
  }

  private seal(message: string, sender: SharedBroadcastSender): SharedRecord {
    return new SharedRecord(sender.seal(Buffer.from(recordOf([message], this.padding))));
  }

  private join(connection: Connection, key: BroadcastKeyMessage): void {
    if (!connection.sender.pushRecord(key)) return;
    this.members.add(connection);
    this.upToDate.add(connection);
  }
}

/** Seals it for each. Returns how many got it. */
export function sendToEach(push: Push, receivers: readonly Connection[]): number {
  return receivers.filter((connection) => connection.push(push.in(connection.pushField))).length;
}
