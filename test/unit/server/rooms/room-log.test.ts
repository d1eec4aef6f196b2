import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RoomPosition } from '../../../../src/engine/engine.js';
import type { Connection } from '../../../../src/server/connection/connection.js';
import type { MissedMessages, RoomHistory } from '../../../../src/server/rooms/room-history.js';
import { RoomLog } from '../../../../src/server/rooms/room-log.js';
import { RoomPush } from '../../../../src/server/rooms/room-push.js';

const ROOM = 'table';
const SIZE = 5;

function pushAt(offset: number, epoch = 'e'): RoomPush {
  const head = { kind: 'push' as const, to: { rooms: [ROOM], except: [] }, name: 'move' };
  return new RoomPush(ROOM, { epoch, offset }, { head, payload: String(offset) });
}

/** A history that a test fills, and holds back. */
class FakeHistory {
  epoch = 'e';
  newest = 0;
  oldest = 1;
  isAway = false;
  reads = 0;
  /** What a read waits for. */
  held: Promise<unknown> = Promise.resolve();

  async head(): Promise<RoomPosition> {
    await this.answer();
    return { epoch: this.epoch, offset: this.newest };
  }

  async after(offset: number): Promise<MissedMessages> {
    await this.answer();
    const { epoch, newest } = this;
    const pushes = [];
    for (let next = offset + 1; next <= newest; next++) pushes.push(pushAt(next, epoch));
    const isThere = offset <= newest && (offset + 1 >= this.oldest || pushes.length === 0);
    return { head: { epoch, offset: newest }, pushes: isThere ? pushes : undefined };
  }

  private async answer(): Promise<void> {
    this.reads++;
    await this.held;
    if (this.isAway) throw new Error('away');
  }
}

/** A member, and what it heard: the offsets of messages, and what it was told about itself. */
class FakeMember {
  readonly heard: unknown[] = [];
  isAuthenticated = true;
  isOpen = true;
  knowsIds = true;
  isSlow = false;
  readonly pushField = 'data';
  readonly client = { id: 1, rooms: [ROOM] };
  private ready: (() => void) | undefined;

  push(message: string): boolean {
    if (this.isSlow) return false;
    this.heard.push((JSON.parse(message) as { data: number }).data);
    return true;
  }

  reply(message: string): void {
    const { recovered } = (JSON.parse(message) as { data: { recovered: boolean } }).data;
    this.heard.push(recovered ? 'recovered' : 'anew');
  }

  async whenReady(): Promise<void> {
    if (this.isSlow) await new Promise<void>((resolve) => (this.ready = resolve));
  }

  readOn(): void {
    this.isSlow = false;
    this.ready?.();
  }
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

async function roomOf({ newest = 0 } = {}) {
  const history = new FakeHistory();
  history.newest = newest;
  const members = new Set<Connection>();
  let gaps = 0;
  const log = new RoomLog(members, {
    room: ROOM,
    size: SIZE,
    history: history as unknown as RoomHistory,
    stateFor: async () => undefined,
    onDelivered: () => undefined,
    onGap: (count) => void (gaps += count),
  });
  const enter = async (known?: RoomPosition) => {
    const member = new FakeMember();
    members.add(member as unknown as Connection);
    log.admit(member as unknown as Connection, known);
    await rest();
    return member;
  };
  const publish = (...offsets: number[]) => {
    for (const offset of offsets) {
      history.newest = offset;
      log.take(pushAt(offset, history.epoch));
    }
  };
  await log.catchUp();
  return { history, log, enter, publish, gaps: () => gaps };
}

describe('A room with history on one node', () => {
  it('delivers what comes next, and nothing that it has had', async () => {
    const { log, enter, publish } = await roomOf();
    const member = await enter();
    publish(1, 2);
    log.take(pushAt(1));
    log.take(pushAt(2));
    publish(3);
    expect(member.heard).toEqual(['anew', 1, 2, 3]);
  });

  it('reads a gap before it goes on, and keeps what comes meanwhile', async () => {
    const { history, enter, publish, gaps } = await roomOf();
    const member = await enter();
    publish(1);
    history.newest = 3;
    publish(4, 5);
    expect(member.heard).toEqual(['anew', 1]);
    await rest();
    expect(member.heard).toEqual(['anew', 1, 2, 3, 4, 5]);
    expect(gaps()).toBe(0);
  });

  it('declares a gap that its history does not reach over, and one of another epoch', async () => {
    const { history, enter, publish, gaps } = await roomOf();
    const member = await enter();
    publish(1);
    history.oldest = 7;
    publish(9);
    await rest();
    history.epoch = 'f';
    history.oldest = 1;
    publish(1, 2);
    await rest();
    publish(3);
    expect(member.heard).toEqual(['anew', 1, 'anew', 'anew', 3]);
    expect(gaps()).toBe(2);
  });

  it('waits while the engine is away, and reads what it missed when it is asked again', async () => {
    const { history, log, enter, publish } = await roomOf();
    const member = await enter();
    history.isAway = true;
    publish(3);
    await rest();
    publish(4);
    await rest();
    expect(member.heard).toEqual(['anew']);
    history.isAway = false;
    await log.catchUp();
    publish(5);
    expect(member.heard).toEqual(['anew', 1, 2, 3, 4, 5]);
  });

  it('gives up what comes early beyond its size, and reads it again', async () => {
    const { history, enter, publish } = await roomOf();
    const member = await enter();
    let release!: () => void;
    history.held = new Promise<void>((resolve) => (release = resolve));
    history.newest = 1;
    const offsets = Array.from({ length: 3 * SIZE }, (_, index) => index + 2);
    publish(...offsets);
    release();
    await rest();
    expect(member.heard).toEqual(['anew', 1, ...offsets]);
  });

  it('brings a member that comes back to where it is, while it goes on itself', async () => {
    const { history, enter, publish } = await roomOf({ newest: 4 });
    let release!: () => void;
    history.held = new Promise<void>((resolve) => (release = resolve));
    const member = await enter({ epoch: 'e', offset: 1 });
    publish(5, 6);
    expect(member.heard).toEqual([]);
    release();
    await rest();
    publish(7);
    expect(member.heard).toEqual([2, 3, 4, 5, 6, 'recovered', 7]);
  });

  it('has a member begin anew that was in another epoch, though its offset is the same', async () => {
    const { enter, publish } = await roomOf({ newest: 4 });
    const member = await enter({ epoch: 'before', offset: 4 });
    publish(5);
    expect(member.heard).toEqual(['anew', 5]);
  });

  it('believes a member that was on a node that had heard more, once it has read that itself', async () => {
    const { history, enter, publish } = await roomOf({ newest: 4 });
    history.newest = 6;
    const member = await enter({ epoch: 'e', offset: 6 });
    publish(7);
    expect(member.heard).toEqual(['recovered', 7]);
  });

  it('lets that member wait while the engine is away, so that nothing comes to it again', async () => {
    const { history, log, enter, publish } = await roomOf({ newest: 4 });
    history.isAway = true;
    history.newest = 6;
    const member = await enter({ epoch: 'e', offset: 6 });
    expect(member.heard).toEqual([]);
    history.isAway = false;
    await log.catchUp();
    await rest();
    publish(7);
    expect(member.heard).toEqual(['recovered', 7]);
  });

  it('has a member begin anew that claims to be where nobody is', async () => {
    const { enter, publish } = await roomOf({ newest: 4 });
    const member = await enter({ epoch: 'e', offset: 99 });
    publish(5);
    expect(member.heard).toEqual(['anew', 5]);
  });

  it('gives a member that did not read what it missed, when it reads again, in order', async () => {
    const { enter, publish } = await roomOf();
    const [member, other] = [await enter(), await enter()];
    publish(1);
    member.isSlow = true;
    publish(2, 3);
    await rest();
    expect(member.heard).toEqual(['anew', 1]);
    expect(other.heard).toEqual(['anew', 1, 2, 3]);
    member.readOn();
    await rest();
    publish(4);
    expect(member.heard).toEqual(['anew', 1, 2, 3, 4]);
  });
});
