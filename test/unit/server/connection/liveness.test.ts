import type { Socket } from 'node:net';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Liveness } from '../../../../src/server/connection/liveness.js';

/** A socket as far as it counts. */
class FakeSocket {
  bytesRead = 0;
  bytesWritten = 0;
  writableLength = 0;
  readonly _handle = { writeQueueSize: 0 };

  write(bytes: number): void {
    this.bytesWritten += bytes;
    this.writableLength += bytes;
    this._handle.writeQueueSize += bytes;
  }

  take(bytes: number): void {
    this._handle.writeQueueSize -= bytes;
    if (this._handle.writeQueueSize === 0) this.writableLength = 0;
  }
}

describe('Liveness (R9.1)', () => {
  let socket: FakeSocket;
  let liveness: Liveness;

  beforeEach(() => {
    socket = new FakeSocket();
    liveness = new Liveness(socket as unknown as Socket);
  });

  it('counts the intervals in which nothing came', () => {
    expect([liveness.beat(false), liveness.beat(false)]).toEqual([1, 2]);
    socket.bytesRead++;
    expect([liveness.beat(false), liveness.beat(false)]).toEqual([0, 1]);
  });

  it('does not count those in which nothing was read', () => {
    expect([liveness.beat(true), liveness.beat(false), liveness.beat(true)]).toEqual([0, 1, 0]);
  });

  it('takes it for life that a peer takes what waited for it, also a part of one write', () => {
    socket.write(1_000);
    expect(liveness.beat(false)).toBe(1);
    for (let part = 0; part < 4; part++) {
      socket.take(200);
      expect(liveness.beat(false)).toBe(0);
    }
    socket.take(200);
    expect(liveness.beat(false)).toBe(0);
    expect(liveness.beat(false)).toBe(1);
  });

  it('does not take it for life that the kernel takes a ping for a peer that may be frozen', () => {
    const missed = [1, 2, 3].map(() => {
      socket.write(2);
      socket.take(2);
      return liveness.beat(false);
    });
    expect(missed).toEqual([1, 2, 3]);
  });

  it('counts a peer for which more and more waits', () => {
    const missed = [1, 2, 3].map(() => {
      socket.write(1_000);
      return liveness.beat(false);
    });
    expect(missed).toEqual([1, 2, 3]);
  });
});
