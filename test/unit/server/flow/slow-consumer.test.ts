import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../../../src/protocol/limits.js';
import type { ConnectionContext } from '../../../../src/server/connection/connection.context.js';
import type { Outbox } from '../../../../src/server/flow/outbox.js';
import { SlowConsumer } from '../../../../src/server/flow/slow-consumer.js';

const MIB = 1024 * 1024;

function setUp() {
  const socket = new EventEmitter();
  const outbox = { waitingBytes: 0, onWritten: undefined as (() => void) | undefined };
  const connection = {
    client: { id: 1, ip: '127.0.0.1', dropped: 0 },
    onPaceChanged: jest.fn(),
    refuse: jest.fn(),
    terminate: jest.fn(),
  };
  const consumer = new SlowConsumer(
    connection,
    outbox as Outbox,
    socket as Socket,
    {
      options: { limits: DEFAULT_LIMITS, slowConsumerPolicy: 'drop' },
    } as ConnectionContext<unknown>,
  );
  const waits = (bytes: number) => {
    outbox.waitingBytes = bytes;
    consumer.check();
  };
  const takes = (left: number, how: 'written' | 'drain') => {
    outbox.waitingBytes = left;
    if (how === 'drain') socket.emit('drain');
    else outbox.onWritten?.();
  };
  return { consumer, connection, socket, waits, takes };
}

describe('SlowConsumer', () => {
  it.each(['written', 'drain'] as const)('is over when the socket has taken enough (%s)', (how) => {
    const { consumer, waits, takes } = setUp();
    waits(2 * MIB);
    expect(consumer.isSlow).toBe(true);
    takes(MIB + 1, how);
    expect(consumer.isSlow).toBe(true);
    takes(MIB, how);
    expect(consumer.isSlow).toBe(false);
  });

  it('gathers no listeners where a peer is slow again and again', () => {
    const { consumer, connection, socket, waits, takes } = setUp();
    for (let time = 0; time < 20; time++) {
      waits(2 * MIB);
      takes(0, 'written');
    }
    expect(consumer.isSlow).toBe(false);
    expect(connection.onPaceChanged).toHaveBeenCalledTimes(40);
    expect(socket.listenerCount('drain')).toBe(1);
  });

  it('wakes whoever waits to send, when it is over and when the connection is gone', async () => {
    const { consumer, waits, takes } = setUp();
    waits(2 * MIB);
    const ready = consumer.whenReady();
    takes(0, 'written');
    await ready;
    waits(2 * MIB);
    const released = consumer.whenReady();
    consumer.release();
    await released;
    expect(consumer.isSlow).toBe(false);
  });

  it('cuts past the hard cap, but not for one message that nothing waits before', () => {
    const { connection, waits } = setUp();
    waits(5 * MIB);
    waits(9 * MIB);
    expect(connection.terminate).not.toHaveBeenCalled();
    waits(9 * MIB + 1);
    expect(connection.terminate).toHaveBeenCalledTimes(1);
    expect(connection.refuse).toHaveBeenCalledWith('sendHardCap', 4503, 'too slow');
  });
});
