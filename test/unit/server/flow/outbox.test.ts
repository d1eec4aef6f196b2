import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import type { Envelope } from '../../../../src/envelope/envelope.js';
import { IvWindow } from '../../../../src/envelope/iv-window.js';
import { plainEnvelope } from '../../../../src/envelope/plain.envelope.js';
import { SealedEnvelope } from '../../../../src/envelope/sealed.envelope.js';
import { Outbox } from '../../../../src/server/flow/outbox.js';
import { Traffic } from '../../../../src/server/operations/traffic.js';
import { FixedIvs } from '../../../fixtures/fixed-ivs.js';

/** A socket that keeps what is written to it, write by write. */
class RecordingSocket extends Writable {
  readonly writes: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(Buffer.from(chunk));
    done();
  }
}

function setUp(envelope: Envelope = plainEnvelope) {
  const socket = new RecordingSocket();
  const traffic = new Traffic();
  const onFlushed = jest.fn();
  const owner = { onFlushed };
  const outbox = new Outbox(socket as unknown as Socket, envelope, traffic, owner);
  return { socket, traffic, onFlushed, outbox };
}

describe('Outbox', () => {
  // RFC 6455, 5.2: FIN and the opcode, then the length in 7, 16 or 64 bits, and no mask.
  it.each([
    [0, '8100'],
    [1, '8101'],
    [125, '817d'],
    [126, '817e007e'],
    [127, '817e007f'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
    [70_000, '817f0000000000011170'],
  ])('writes the header of a text frame with %i bytes', (length, header) => {
    const { outbox, socket } = setUp();
    const text = 'x'.repeat(length);
    outbox.add(text);
    outbox.flush();
    expect(socket.writes).toHaveLength(1);
    const [frame] = socket.writes;
    expect(frame!.subarray(0, header.length / 2).toString('hex')).toBe(header);
    expect(frame!.subarray(header.length / 2).toString()).toBe(text);
  });

  it.each([
    [97, '827d'],
    [98, '827e007e'],
    [65_507, '827effff'],
    [65_508, '827f0000000000010000'],
  ])(
    'counts the envelope into the length of a binary frame: %i bytes of text',
    (length, header) => {
      const key = Buffer.alloc(32, 7);
      const envelope = new SealedEnvelope(key, new FixedIvs('ab'.repeat(12)), new IvWindow(0));
      const { outbox, socket } = setUp(envelope);
      outbox.add('x'.repeat(length));
      outbox.flush();
      const [frame] = socket.writes;
      expect(frame!.subarray(0, header.length / 2 + 12).toString('hex')).toBe(
        header + 'ab'.repeat(12),
      );
      expect(frame).toHaveLength(header.length / 2 + 28 + length);
    },
  );

  it('counts bytes and not characters', () => {
    const { outbox, socket } = setUp();
    outbox.add('♞'.repeat(42));
    outbox.flush();
    expect(socket.writes[0]!.subarray(0, 4).toString('hex')).toBe('817e007e');
  });

  it('joins what one tick brings into one write, in order', async () => {
    const { outbox, socket, traffic } = setUp();
    for (const text of ['a', 'b', 'c']) outbox.add(text);
    expect(socket.writes).toEqual([]);
    await nextTurn();
    expect(socket.writes).toEqual([Buffer.from('\x81\x01a\x81\x01b\x81\x01c', 'latin1')]);
    expect({ messages: traffic.messagesOut, bytes: traffic.bytesOut }).toEqual({
      messages: 3,
      bytes: 9,
    });
  });

  it('flushes each of several, once', async () => {
    const [one, other] = [setUp(), setUp()];
    one.outbox.add('a');
    other.outbox.add('b');
    one.outbox.flush();
    await nextTurn();
    expect([one.socket.writes.length, other.socket.writes.length]).toEqual([1, 1]);
    expect([one.onFlushed, other.onFlushed].map((hook) => hook.mock.calls.length)).toEqual([1, 1]);
  });

  it('knows how much waits, and forgets it when cleared', async () => {
    const { outbox, socket } = setUp();
    outbox.add('x'.repeat(100));
    expect(outbox.waitingBytes).toBe(100);
    outbox.clear();
    expect(outbox.waitingBytes).toBe(0);
    await nextTurn();
    expect(socket.writes).toEqual([]);
  });

  it('writes nothing to a socket that is gone', () => {
    const { outbox, socket, traffic } = setUp();
    socket.destroy();
    outbox.add('late');
    outbox.flush();
    expect(socket.writes).toEqual([]);
    expect(traffic.messagesOut).toBe(0);
  });
});
