import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { ClientEvents } from '../../../src/client/core/client.events.js';
import { RoomPositions } from '../../../src/client/core/room-positions.js';

function positionsOf() {
  const events = new EventEmitter() as ClientEvents & EventEmitter;
  const heard: unknown[] = [];
  for (const event of ['room', 'joined', 'left'] as const) {
    events.on(event, (what: unknown) => heard.push([event, what]));
  }
  const positions = new RoomPositions(events);
  const notice = (data: unknown) => positions.take({ request: 'sockets.room', data });
  const enter = (room: string, offset = 0) =>
    notice({ event: 'entered', room, epoch: 'e', offset, recovered: false });
  return { positions, heard, notice, enter };
}

describe('The positions of a client in rooms', () => {
  it('follow what is published, and what the server says', () => {
    const { positions, notice, enter } = positionsOf();
    expect(positions.named()).toBeUndefined();
    enter('a', 5);
    enter('b');
    expect(positions.take({ request: 'move', room: 'a', offset: 6, data: 1 })).toBe(false);
    notice({ event: 'moved', room: 'b', offset: 3 });
    expect(positions.named()).toEqual({ a: ['e', 6], b: ['e', 3] });
    notice({ event: 'exited', room: 'a' });
    expect(positions.named()).toEqual({ b: ['e', 3] });
  });

  it('are told as events, as are others who come and go', () => {
    const { heard, notice, enter } = positionsOf();
    enter('a', 5);
    const member = { id: 7, since: 1 };
    notice({ event: 'joined', room: 'a', member });
    notice({ event: 'left', room: 'a', member });
    expect(heard).toEqual([
      ['room', { room: 'a', recovered: false, position: { epoch: 'e', offset: 5 } }],
      ['joined', { room: 'a', member }],
      ['left', { room: 'a', member }],
    ]);
  });

  it('are named in 2,048 bytes, the rooms that were entered last', () => {
    const { positions, enter } = positionsOf();
    for (let room = 0; room < 500; room++) enter(`room:${room}`);
    const named = positions.named()!;
    expect(JSON.stringify(named).length).toBeLessThan(2_200);
    expect(Object.keys(named)).toContain('room:499');
    expect(Object.keys(named)).not.toContain('room:0');
    expect(Object.keys(named).length).toBeGreaterThan(50);
  });

  it('are kept of 1,000 rooms at the most', () => {
    const { positions, enter } = positionsOf();
    for (let room = 0; room < 1_001; room++) enter(`${room}`);
    // Unknown by now: there is nothing that could move.
    positions.take({ request: 'move', room: '0', offset: 9 });
    enter('0', 1);
    expect(positions.named()!['0']).toEqual(['e', 1]);
  });

  it.each([undefined, null, 5, [], {}, { event: 'entered' }, { event: 'new', room: 'a' }])(
    'are not changed by %j, which is swallowed',
    (data) => {
      const { positions, heard, notice } = positionsOf();
      expect(notice(data)).toBe(true);
      expect(heard).toEqual([]);
      expect(positions.named()).toBeUndefined();
    },
  );
});
